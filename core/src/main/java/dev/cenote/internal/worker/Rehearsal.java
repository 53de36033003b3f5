// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import dev.cenote.Func;
import dev.cenote.Job;
import dev.cenote.internal.channel.Channel;
import dev.cenote.internal.channel.ChannelOptions;
import dev.cenote.internal.channel.Connector;
import dev.cenote.internal.channel.FrameReader;
import dev.cenote.internal.channel.Listener;
import dev.cenote.internal.classes.Exports;
import dev.cenote.internal.classes.Uses;
import dev.cenote.internal.classes.WorkerView;
import dev.cenote.internal.codec.Explained;
import dev.cenote.internal.codec.Side;
import dev.cenote.internal.codec.ValueCodec;
import dev.cenote.internal.wire.Messages;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a worker does in its first moments, in a process that plays the pool as well: it connects, takes functions,
/// runs items and a job, and ends. A JVM that has seen this can leave what it has loaded to the workers that come
/// later.
///
/// The real code runs on both sides, so that what is loaded is what a worker loads. What it loads for the pool's side
/// does no harm.
final class Rehearsal {

    private static final long SECONDS = 20;
    private static final int FUNCTION = 1;
    private static final int ITEMS = 8;

    private final WireWriter out = new WireWriter(512);
    private final Uses uses = new Exports().uses();
    private final ValueCodec codec = new ValueCodec(uses, Side.PARENT, new Explained());
    private final WorkerView view = new WorkerView();
    private int number;

    private Rehearsal() {}

    /// Runs both sides.
    ///
    /// @throws IOException if anything goes wrong
    static void run() throws IOException {
        Path folder = Files.createTempDirectory("cenote-rehearsal");
        try (Listener listener = Listener.open(folder, ChannelOptions.defaults())) {
            ByteArrayOutputStream invitation = new ByteArrayOutputStream();
            listener.invite(invitation);
            Playing pool = new Playing(listener);
            pool.start();
            Channel channel = Connector.connect(new ByteArrayInputStream(invitation.toByteArray()));
            Control control = new Control(channel, folder.toString());
            control.start();
            if (new TaskLoop(channel, control).run() != TaskLoop.End.TOLD) {
                throw new IOException("the rehearsal ended too soon");
            }
            pool.end();
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        File[] files = folder.toFile().listFiles();
        for (File file : files == null ? new File[0] : files) {
            boolean _ = file.delete();
        }
        boolean _ = folder.toFile().delete();
    }

    /// Plays the pool. Its side of the channel stays open, since a worker ends at once when it is closed.
    private static final class Playing extends Thread {

        private final Listener listener;
        private @Nullable IOException failure;

        Playing(Listener listener) {
            super("cenote-rehearsal");
            this.listener = listener;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                Channel channel = listener.accept(
                        ProcessHandle.current().pid(), new CompletableFuture<>(), TimeUnit.SECONDS.toNanos(SECONDS));
                new Rehearsal().play(channel);
            } catch (IOException e) {
                failure = e;
            } catch (ClassNotFoundException | InterruptedException | RuntimeException e) {
                failure = new IOException(e);
            }
            if (failure != null) {
                Runtime.getRuntime().halt(1); // the other side would wait for ever
            }
        }

        void end() throws IOException {
            try {
                join();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    private void play(Channel channel) throws IOException, ClassNotFoundException {
        int begin = Messages.begin(out, Messages.CONFIG);
        out.putText("rehearsal");
        out.putInt(1);
        out.putText("rehearsal-1");
        out.putLong(0);
        out.putLong(0);
        Messages.end(out, begin);

        Func<Integer, Integer> square = x -> x * x;
        sendFunction(square);
        sendItem(7);
        sendItems();
        int base = number;
        Job<List<String>> job = () -> List.of("item " + base, Integer.toString(base));
        sendJob(job);
        send(channel);

        FrameReader frames = new FrameReader(channel);
        for (int i = 1; i <= number; i++) {
            WireReader in = frames.next();
            int kind = in == null ? Messages.BYE : in.getByte();
            if (in == null || (kind != Messages.VALUE && kind != Messages.TIMED) || in.getInt() != i) {
                throw new IOException("no answer to request " + i);
            }
            if (kind == Messages.TIMED) {
                long _ = in.getLong();
            }
            Object value = codec.read(in);
            if (i == 1 && !Objects.equals(value, 49)) {
                throw new IOException("a wrong answer: " + value);
            }
        }
        begin = Messages.begin(out, Messages.BYE);
        Messages.end(out, begin);
        send(channel);
    }

    private void sendFunction(Object function) {
        WireWriter content = content(function);
        int begin = Messages.begin(out, Messages.FUNCTION);
        out.putInt(FUNCTION);
        out.putBytes(content.array(), 0, content.position());
        Messages.end(out, begin);
    }

    private void sendItem(Object item) {
        int begin = Messages.begin(out, Messages.ITEM);
        out.putInt(++number);
        out.putInt(FUNCTION);
        out.putLong(0);
        out.putInt(1);
        codec.write(out, item);
        Messages.end(out, begin);
    }

    private void sendItems() {
        int begin = Messages.begin(out, Messages.ITEMS);
        out.putInt(number + 1);
        out.putInt(FUNCTION);
        out.putLong(1);
        out.putInt(ITEMS);
        out.putByte(0); // they follow one by one
        for (int i = 0; i < ITEMS; i++) {
            codec.write(out, i);
        }
        Messages.end(out, begin);
        number += ITEMS;
    }

    private void sendJob(Object job) {
        WireWriter content = content(job);
        int begin = Messages.begin(out, Messages.CALL);
        out.putInt(++number);
        out.putByte(Messages.JOB);
        out.putBytes(content.array(), 0, content.position());
        Messages.end(out, begin);
    }

    /// Encodes a function, behind what the worker must know of its classes, which is sent at once.
    private WireWriter content(Object function) {
        WireWriter encoded = new WireWriter();
        codec.writeFunction(encoded, function);
        WireWriter content = new WireWriter(512);
        content.putText("rehearsal");
        content.putCount(uses.idOf(Thread.currentThread().getContextClassLoader()));
        content.putCount(0); // no variables
        content.putBytes(encoded.array(), 0, encoded.position());
        byte[] prelude = uses.prelude(view);
        if (prelude != null) {
            int begin = Messages.begin(out, Messages.PRELUDE);
            out.putBytes(prelude, 0, prelude.length);
            Messages.end(out, begin);
        }
        return content;
    }

    private void send(Channel channel) throws IOException {
        channel.write(out.array(), 0, out.position());
        channel.flush();
        out.rewind(0);
    }
}
