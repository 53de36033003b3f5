// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The soak of [SoakMain], in a process of its own.
///
/// A full disk is a real one where Linux lets users have a view of the files of their own: the folder for temporary
/// files and the memory that is shared are then small file systems, which are filled to the last byte now and then.
/// Elsewhere the folder for temporary files is missing now and then instead. In a build it takes some seconds;
/// `-Dstress.soak` makes it a minute, `-Dstress.seconds=N` any time, and `-Dstress.seed=N` repeats what was done.
class ProcessSoakTest {

    private static final long SECONDS =
            Long.getLong("stress.seconds", System.getProperty("stress.soak") == null ? 8 : 60);
    private static final long SEED = Long.getLong("stress.seed", System.nanoTime());
    private static final String MOUNT =
            "mount -t tmpfs -o size=16m soak \"$1\" && mount -t tmpfs -o size=24m soak /dev/shm"
                    + " && shift && exec \"$@\"";

    @TempDir
    private Path folder;

    @Test
    void eachItemHasOneEnd_andNothingIsLeft() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Path room = Files.createDirectory(folder.resolve("room"));
        boolean small = canMount();
        List<String> command = new ArrayList<>();
        if (small) {
            command.addAll(List.of("unshare", "-Urm", "sh", "-c", MOUNT, "sh", temporary.toString()));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                SoakMain.class.getName(),
                Long.toString(SEED),
                Long.toString(SECONDS),
                room.toString()));
        if (small) {
            command.addAll(List.of(temporary.toString(), "/dev/shm"));
        }
        Path output = folder.resolve("output");
        Process soak = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int code;
        try {
            code = soak.waitFor();
        } finally {
            soak.descendants().forEach(ProcessHandle::destroyForcibly);
            soak.destroyForcibly();
        }

        String text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(code).as(text).isZero();
        System.out.println(text.substring(text.lastIndexOf("soak: ")));
        assertThat(files()).as("files that are left").isEmpty();
    }

    private static boolean canMount() throws InterruptedException {
        try {
            return new ProcessBuilder("unshare", "-Urm", "sh", "-c", "mount -t tmpfs -o size=1m soak /dev/shm")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("tmp"))) {
            return all.filter(file -> file.getFileName().toString().startsWith("cenote-"))
                    .toList();
        }
    }
}
