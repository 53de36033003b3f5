// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// Both sides of a channel in this JVM.
record Pair(Channel parent, Channel worker) implements AutoCloseable {

    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    static Pair open(Path folder, ChannelOptions options) throws Exception {
        try (Listener listener = Listener.open(folder, options)) {
            return connect(listener);
        }
    }

    static Pair connect(Listener listener) throws IOException, InterruptedException, ExecutionException {
        byte[] invitation = invitation(listener);
        FutureTask<Channel> worker = start(() -> Connector.connect(new ByteArrayInputStream(invitation)));
        Channel parent = listener.accept(ProcessHandle.current().pid(), new CompletableFuture<>(), PATIENCE_NANOS);
        return new Pair(parent, worker.get());
    }

    static byte[] invitation(Listener listener) throws IOException {
        ByteArrayOutputStream stdin = new ByteArrayOutputStream();
        listener.invite(stdin);
        return stdin.toByteArray();
    }

    interface Action<T> {
        T run() throws Exception;
    }

    /// Runs something in another thread.
    static <T> FutureTask<T> start(Action<T> action) {
        FutureTask<T> task = new FutureTask<>(action::run);
        startThread(task);
        return task;
    }

    static Thread startThread(Runnable task) {
        Thread thread = new Thread(task, "channel-test");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /// The byte that is sent at a position of a stream.
    static byte byteAt(long position) {
        long mixed = position * 0x9e3779b97f4a7c15L;
        return (byte) (mixed >>> 56);
    }

    static void fill(byte[] bytes, int count, long position) {
        for (int i = 0; i < count; i++) {
            bytes[i] = byteAt(position + i);
        }
    }

    static void check(byte[] bytes, int count, long position) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] != byteAt(position + i)) {
                throw new AssertionError(
                        "byte " + (position + i) + " is " + bytes[i] + ", expected " + byteAt(position + i));
            }
        }
    }

    /// Reads that many bytes.
    ///
    /// @return false if the stream ends before
    static boolean readFully(Channel channel, byte[] bytes, int count) throws IOException {
        for (int at = 0; at < count; ) {
            int now = channel.read(bytes, at, count - at);
            if (now < 0) {
                return false;
            }
            at += now;
        }
        return true;
    }

    @Override
    public void close() {
        parent.close();
        worker.close();
    }
}
