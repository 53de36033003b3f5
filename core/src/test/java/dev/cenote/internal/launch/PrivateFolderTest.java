// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {

    @TempDir
    Path base;

    private Path leftover(String name, Duration age) throws IOException {
        Path folder = base.resolve(name);
        PrivateFolder.makePrivate(folder);
        Files.writeString(folder.resolve("content"), "content");
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(age)));
        return folder;
    }

    private void sweep() throws IOException {
        PrivateFolder mine = PrivateFolder.make(base);
        PrivateFolder.sweep(base, mine.path());
        assertThat(mine.path()).isDirectory();
        mine.delete();
    }

    @Test
    void interruptedThread_makesALockedFolder() throws IOException {
        Thread.currentThread().interrupt();
        PrivateFolder folder = PrivateFolder.make(base);
        assertThat(Thread.interrupted()).isTrue();
        try (FileChannel lock = FileChannel.open(folder.path().resolve("lock"), StandardOpenOption.WRITE)) {
            assertThatThrownBy(lock::tryLock).isInstanceOf(OverlappingFileLockException.class);
        }
        folder.delete();
    }

    @Test
    void folderWithoutALock_isSwept_whenItIsOld() throws IOException {
        Path fresh = leftover("cenote-1-abc-0", Duration.ZERO);
        Path old = leftover("cenote-1-abc-1", Duration.ofHours(1));
        sweep();
        assertThat(fresh).isDirectory();
        assertThat(old).doesNotExist();
    }

    @Test
    void folderWithAFreeLock_isSwept() throws IOException {
        Path folder = leftover("cenote-1-abc-0", Duration.ZERO);
        Files.createFile(folder.resolve("lock"));
        sweep();
        assertThat(folder).doesNotExist();
    }

    @Test
    void otherFolders_areNotTouched() throws IOException {
        Path folder = leftover("cenote-results", Duration.ofDays(9));
        sweep();
        assertThat(folder).isDirectory();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void folderOpenToOthers_isNotTouched() throws IOException {
        Path folder = leftover("cenote-1-abc-0", Duration.ofDays(9));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        sweep();
        assertThat(folder).isDirectory();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void links_areDeletedAndNotFollowed() throws IOException {
        Path precious = Files.createDirectory(base.resolve("precious"));
        Files.writeString(precious.resolve("file"), "content");
        Path folder = leftover("cenote-1-abc-0", Duration.ZERO);
        Files.createSymbolicLink(folder.resolve("link"), precious);
        Files.createSymbolicLink(base.resolve("cenote-1-abc-1"), precious);
        PrivateFolder.delete(folder);
        sweep();
        assertThat(folder).doesNotExist();
        assertThat(precious.resolve("file")).exists();
    }
}
