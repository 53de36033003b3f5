// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Runs the command: in this JVM, or as a process of its own where signals and pipes matter.
final class Cli {

    private Cli() {}

    /// What a run in this JVM left behind.
    record Result(int code, String out, String err) {}

    static Result run(String stdin, String... args) {
        return run(stdin.getBytes(StandardCharsets.UTF_8), args);
    }

    static Result run(byte[] stdin, String... args) {
        return run(new ByteArrayInputStream(stdin), args);
    }

    static Result run(InputStream stdin, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(err, Terminal.NONE);
        Output output = new Output(out, console::hideBar);
        int code = Main.run(args, stdin, output, console);
        output.close(Duration.ofSeconds(1));
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /// Starts the command in a JVM of its own.
    ///
    /// @param flags options of that JVM
    /// @param args the arguments
    static Process start(List<String> flags, String... args) throws IOException {
        return new ProcessBuilder(command(flags, args)).start();
    }

    /// Starts the command as a shell does: in a group of its own, which all processes that it starts belong to.
    static Process startSession(String... args) throws IOException {
        List<String> command = command(List.of(), args);
        command.addFirst("setsid");
        return new ProcessBuilder(command).start();
    }

    private static List<String> command(List<String> flags, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.addAll(flags);
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        return command;
    }

    static Process start(String... args) throws IOException {
        return start(List.of(), args);
    }
}
