// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {

    @TempDir
    private Path folder;

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void pages_areCountedInBytes() throws IOException {
        String pages = file("statm", "2220899 1000 9016 1 0 126548 0\n");
        String status = file("status", "Name:\tjava\nVmHWM:\t   97728 kB\nVmRSS:\t   65000 kB\nThreads:\t19\n");
        Memory memory = new Memory(pages, status);
        assertThat(memory.held()).as("1000 pages of 64 KB").isEqualTo(1_000L << 16);
        file("statm", "2220899 3 9016 1 0 126548 0\n");
        assertThat(memory.held()).isEqualTo(3L << 16);
    }

    @Test
    void sizeOfAPage_isTheNearestPowerOfTwo() {
        assertThat(Memory.pageBytes(97_728 << 10, 24_417)).isEqualTo(4 << 10);
        assertThat(Memory.pageBytes(99_000 << 10, 24_417)).isEqualTo(4 << 10);
        assertThat(Memory.pageBytes(97_000 << 10, 6_100)).isEqualTo(16 << 10);
    }

    @Test
    void systemWithoutTheFiles_isAskedThroughTheJvm() throws IOException {
        assertThat(new Memory("/does/not/exist", "/does/not/exist").held()).isPositive();
        String text = file("text", "no such numbers");
        assertThat(new Memory(text, text).held()).isPositive();
    }

    @Test
    void thisProcess_holdsSomething() {
        assertThat(new Memory().held()).isGreaterThan(16 << 20);
    }
}
