// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What the child JVMs of the tests run.
final class ChildMain {

    static final int RECORD_BYTES = 1000;
    static final int MEGABYTE = 1_000_000;
    static final int MEGABYTES = 100;

    private ChildMain() {}

    /// A child JVM and this side of its channel.
    record Child(Process process, Channel channel) implements AutoCloseable {

        @Override
        public void close() {
            channel.close();
            process.destroyForcibly();
        }
    }

    static Process startJvm(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                ChildMain.class.getName()));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static Child start(Path folder, ChannelOptions options, String... arguments) throws Exception {
        Process process = startJvm(arguments);
        try (Listener listener = Listener.open(folder, options)) {
            CompletableFuture<Process> death = process.onExit();
            OutputStream stdin = process.getOutputStream();
            listener.invite(stdin);
            return new Child(process, listener.accept(process.pid(), death, Pair.PATIENCE_NANOS));
        } catch (Exception e) {
            process.destroyForcibly();
            throw e;
        }
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("parent")) {
            parent(Path.of(arguments[1]), Way.valueOf(arguments[2]));
            return;
        }
        Channel channel = Connector.connect(System.in);
        Thread guard = new Thread(() -> guard(channel));
        guard.setDaemon(true);
        guard.start();
        switch (arguments[0]) {
            case "echo" -> echo(channel);
            case "echo-in-parts" -> echoInParts(channel);
            case "records" -> records(channel);
            case "nothing" -> guard.join();
            case "die" -> Runtime.getRuntime().halt(3);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /// The orphan guard of a worker.
    private static void guard(Channel channel) {
        try {
            while (channel.receiveControl() != null) {
                channel.storeWord(1, channel.loadWord(1) + 1);
            }
        } catch (IOException e) {
            Runtime.getRuntime().halt(8);
        }
        Runtime.getRuntime().halt(9);
    }

    /// Sends each frame back.
    private static void echo(Channel channel) throws IOException {
        byte[] frame = new byte[1 << 17];
        while (Pair.readFully(channel, frame, 4)) {
            int length = (frame[0] & 0xff) | (frame[1] & 0xff) << 8 | (frame[2] & 0xff) << 16;
            byte[] body = new byte[length];
            Pair.readFully(channel, body, length);
            channel.write(frame, 0, 4);
            channel.write(body, 0, length);
            channel.flush();
            channel.storeWord(0, channel.loadWord(0) + 1);
        }
    }

    /// Reads a megabyte, checks it, sends another.
    private static void echoInParts(Channel channel) throws IOException {
        byte[] bytes = new byte[MEGABYTE];
        for (long at = 0; ; at += MEGABYTE) {
            if (!Pair.readFully(channel, bytes, MEGABYTE)) {
                return;
            }
            Pair.check(bytes, MEGABYTE, at);
            Pair.fill(bytes, MEGABYTE, -at);
            channel.write(bytes, 0, MEGABYTE);
            channel.flush();
        }
    }

    /// Publishes whole records, without end.
    private static void records(Channel channel) throws IOException {
        byte[] bytes = new byte[RECORD_BYTES];
        for (long at = 0; ; at += RECORD_BYTES) {
            Pair.fill(bytes, RECORD_BYTES, at);
            while (channel.hasWords() && channel.free() < RECORD_BYTES) {
                // a record that does not fit would be published in two parts
                Thread.onSpinWait();
            }
            channel.write(bytes, 0, RECORD_BYTES);
            channel.flush();
            channel.storeWord(0, at / RECORD_BYTES + 1);
        }
    }

    /// Starts a worker that shares the standard output of this JVM, and waits to be killed.
    private static void parent(Path folder, Way way) throws Exception {
        List<String> command = new ArrayList<>(
                ProcessHandle.current().info().command().stream().toList());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ChildMain.class.getName(), "nothing"));
        Process worker = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
        Listener listener = Listener.open(folder, way.options());
        listener.invite(worker.getOutputStream());
        Channel channel = listener.accept(worker.pid(), worker.onExit(), Pair.PATIENCE_NANOS);
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        out.write("connected\n".getBytes(StandardCharsets.UTF_8));
        channel.receiveControl();
    }
}
