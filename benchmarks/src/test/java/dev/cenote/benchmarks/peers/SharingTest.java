// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharingTest {

    @Test
    void report_hasARowForEachWay(@TempDir Path folder) throws IOException {
        String noPython = folder.resolve("python").toString();

        List<String> report = new Sharing(noPython, true).report();

        assertThat(report)
                .hasSize(3 + 2 + 6 + 1 + 3)
                .contains("  no Python here")
                .anyMatch(line -> line.startsWith("  processes to threads: "))
                .anyMatch(line -> line.startsWith("  broadcast to one copy sent: "));
    }
}
