// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import dev.cenote.Codec;
import dev.cenote.Func;
import dev.cenote.NotShippableException;
import dev.cenote.VoidJob;
import dev.cenote.internal.channel.Begun;
import dev.cenote.internal.channel.Channel;
import dev.cenote.internal.channel.FrameReader;
import dev.cenote.internal.classes.Global;
import dev.cenote.internal.classes.Imports;
import dev.cenote.internal.codec.Explained;
import dev.cenote.internal.codec.Numbers;
import dev.cenote.internal.codec.Side;
import dev.cenote.internal.codec.StoredValue;
import dev.cenote.internal.codec.ValueCodec;
import dev.cenote.internal.events.Recorder;
import dev.cenote.internal.events.TaskEvent;
import dev.cenote.internal.launch.ExitCode;
import dev.cenote.internal.memory.Shared;
import dev.cenote.internal.memory.WorkerSide;
import dev.cenote.internal.share.Domains;
import dev.cenote.internal.share.Links;
import dev.cenote.internal.wire.Attachments.NoRoomException;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.Messages;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Takes one request after the other, runs it in the main thread of the worker, and answers.
///
/// An answer is published before the next request is looked at, so that what was done is known if the next one ends the
/// process. Everything that a task can do wrong is an answer; what goes wrong outside of tasks ends the process.
final class TaskLoop implements WorkerSide.Decoder {

    /// What the writer may keep allocated between two answers.
    private static final int USUAL = 1 << 20;

    private final Channel channel;
    private final FrameReader frames;
    private final Control control;
    private final Imports imports;
    private final ValueCodec functions;
    private final Map<Integer, Task> tasks = new HashMap<>();
    private ValueCodec values;
    private ChildWorker worker = new ChildWorker("", 0, "", null);
    private WireWriter out = writer();

    /// How much memory this process may hold after a task; 0 for no limit.
    private long mostMemory;

    /// Tells how much it is; null if there is no limit, or it was exceeded already.
    private @Nullable Memory memory;

    private final LargeGarbage garbage = new LargeGarbage();

    /// How many bytes of large arrays were in answers.
    private long attached;

    /// What the program of this worker has thrown.
    private @Nullable Throwable thrown;

    /// What was begun.
    private final Begun begun;

    TaskLoop(Channel channel, Control control) {
        this.channel = channel;
        this.begun = new Begun(channel);
        this.frames = new FrameReader(channel);
        this.control = control;
        this.imports = new Imports(control);
        this.functions = new ValueCodec(imports, Side.WORKER, new Explained());
        this.values = functions;
        WorkerSide.use(this);
    }

    /// How the loop ended.
    enum End {
        /// The worker was told to end.
        TOLD,
        /// The one job that it was started for is done.
        PROGRAM,
        /// The other side is gone.
        ORPHANED
    }

    /// Runs what comes.
    ///
    /// @return how it ended
    /// @throws IOException if the channel has failed
    End run() throws IOException {
        for (WireReader in = frames.next(); in != null; in = next()) {
            int kind = in.getByte();
            switch (kind) {
                case Messages.CONFIG -> configure(in);
                case Messages.PRELUDE -> imports.accept(rest(in));
                case Messages.FUNCTION -> tasks.put(in.getInt(), read(in));
                case Messages.RELEASE -> {
                    tasks.remove(in.getInt());
                    WorkerSide.sweep();
                }
                case Messages.ITEM -> runItem(in);
                case Messages.ITEMS -> runItems(in);
                case Messages.CALL -> {
                    if (runCall(in) == Messages.PROGRAM) {
                        WorkerSide.awaitArrivals();
                        return End.PROGRAM;
                    }
                }
                case Messages.BYE -> {
                    return End.TOLD;
                }
                default -> throw new CorruptFrameException("a request of kind " + kind);
            }
        }
        return End.ORPHANED;
    }

    private @Nullable WireReader next() throws IOException {
        garbage.look(frames.attached() + attached);
        return frames.next();
    }

    /// {@return what the program of this worker has thrown, or `null` if it returned}
    @Nullable
    Throwable thrown() {
        return thrown;
    }

    private static byte[] rest(WireReader in) throws CorruptFrameException {
        int length = in.left();
        int from = in.skip(length);
        return Arrays.copyOfRange(in.array(), from, from + length);
    }

    private void configure(WireReader in) throws CorruptFrameException {
        String pool = in.getText();
        int id = in.getInt();
        worker = new ChildWorker(pool, id, in.getText(), channel);
        mostMemory = in.getLong();
        memory = mostMemory > 0 ? new Memory() : null;
        Domains.add(in.getLong(), functions);
    }

    /// Is told of shared memory in an answer. A class, as below.
    private static final class Sender implements Consumer<Object> {

        @Override
        public void accept(Object sent) {
            Shared.handOver(sent);
        }
    }

    @Override
    public @Nullable Object decode(MemorySegment content) {
        try {
            return StoredValue.decode(values, content);
        } catch (NoRoomException e) {
            throw noRoom("a broadcast", e);
        } catch (IOException | ClassNotFoundException e) {
            throw new NotShippableException(
                    "a broadcast of pool \"" + worker.pool() + "\" cannot be rebuilt in " + worker.name() + ": " + e,
                    e);
        }
    }

    // ---- tasks

    /// A function that was sent, or what went wrong with it.
    private record Task(
            String name,
            @Nullable ClassLoader loader,
            @Nullable Object function,
            @Nullable Throwable failure) {}

    private Task read(WireReader in) throws IOException {
        try {
            return readTask(in);
        } finally {
            frames.finish(); // as in `readItem`
        }
    }

    private Task readTask(WireReader in) throws CorruptFrameException {
        String name = in.getText();
        ClassLoader loader = null;
        try {
            frames.load();
            loader = imports.loaderOf((int) in.getCount());
            Thread.currentThread().setContextClassLoader(loader); // libraries look there as they are initialized
            int globals = (int) in.getCount();
            if (globals > 0) {
                setGlobals(in, globals);
            }
            return new Task(name, loader, functions.read(in), null);
        } catch (CorruptFrameException e) {
            throw e;
        } catch (NoRoomException e) {
            return new Task(name, loader, null, noRoom("the task of \"" + name + "\"", e));
        } catch (IOException | ClassNotFoundException e) {
            return new Task(
                    name,
                    loader,
                    null,
                    new NotShippableException(
                            "the task of \"" + name + "\" cannot be rebuilt in " + worker.name() + ": " + e, e));
        } catch (Throwable e) { // from code of the user
            return new Task(name, loader, null, e);
        }
    }

    private void setGlobals(WireReader in, int count) throws IOException, ClassNotFoundException {
        List<Global> globals = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Class<?> type = imports.read(in);
            String field = in.getText();
            globals.add(new Global(type, field, functions.read(in)));
        }
        imports.setGlobals(globals);
    }

    private void runItem(WireReader in) throws IOException {
        int number = in.getInt();
        int function = in.getInt();
        long index = in.getLong();
        int attempt = in.getInt();
        Task task = tasks.get(function);
        if (task == null) {
            throw new CorruptFrameException("an item for function " + function + ", which is unknown");
        }
        if (isTakenBack(number)) {
            return;
        }
        begin(task);
        TaskEvent event = Recorder.beginTask();
        long start = System.nanoTime();
        Object result;
        try {
            Object item = readItem(in);
            Func<@Nullable Object, @Nullable Object> fn = asFunc(task);
            result = worker.run(number, index, attempt, new ItemRun(fn, item));
        } catch (CorruptFrameException e) {
            throw e;
        } catch (Throwable e) {
            commit(event, task, index, attempt, e);
            lookAtMemory();
            answerThrown(number, e);
            return;
        }
        commit(event, task, index, attempt, null);
        lookAtMemory();
        answer(number, result, start);
    }

    /// Reads an item and all that is attached to it: the pool's process reads no answer before it has written that.
    private @Nullable Object readItem(WireReader in) throws IOException, ClassNotFoundException {
        try {
            frames.load();
            return values.read(in);
        } catch (NoRoomException e) {
            throw noRoom("the item", e);
        } finally {
            frames.finish();
        }
    }

    private NotShippableException noRoom(String what, NoRoomException e) {
        return new NotShippableException(
                what + " cannot come into " + worker.name() + ": " + e.getMessage()
                        + "; give workers more with PoolConfig.heap",
                e);
    }

    private void runItems(WireReader in) throws IOException {
        int first = in.getInt();
        int function = in.getInt();
        long index = in.getLong();
        int count = in.getInt();
        Task task = tasks.get(function);
        if (task == null) {
            throw new CorruptFrameException("items for function " + function + ", which is unknown");
        }
        begin(task);
        try {
            Object numbers = in.getByte() == 0 ? null : values.read(in);
            worker.run(first, index, 1, new ItemsRun(task, in, numbers, first, index, count));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) { // nothing of the user's ends here
            throw new IllegalStateException(e);
        }
    }

    /// Runs many items, which cost it little more than the function does: one scope for all of them, and whoever waits
    /// for the answers says how many there must be before it wants to be woken.
    private final class ItemsRun implements ScopedValue.CallableOp<@Nullable Object, Throwable> {

        private final Task task;
        private final WireReader in;
        private final @Nullable Object numbers;
        private final int first;
        private final long index;
        private final int count;
        private final long start = System.nanoTime();

        ItemsRun(Task task, WireReader in, @Nullable Object numbers, int first, long index, int count) {
            this.task = task;
            this.in = in;
            this.numbers = numbers;
            this.first = first;
            this.index = index;
            this.count = count;
        }

        @Override
        public @Nullable Object call() throws IOException {
            for (int i = 0; i < count; i++) {
                runOne(i);
            }
            return null;
        }

        private void runOne(int i) throws IOException {
            int number = first + i;
            boolean mine = false;
            TaskEvent event = Recorder.beginTask();
            Object result;
            try {
                Object item = numbers == null ? values.read(in) : Numbers.get(numbers, i);
                if (isTakenBack(number)) {
                    return;
                }
                mine = true;
                worker.at(number, index + i);
                result = asFunc(task).apply(item);
            } catch (CorruptFrameException e) {
                throw e;
            } catch (Throwable e) {
                Thread.interrupted();
                if (mine || !isTakenBack(number)) { // or the item cannot be rebuilt
                    commit(event, task, index + i, 1, e);
                    answerThrown(number, e);
                }
                return;
            }
            Thread.interrupted(); // what the item may have left
            commit(event, task, index + i, 1, null);
            if (i + 1 == count) {
                lookAtMemory();
                answer(number, result, start);
            } else {
                answer(number, result);
            }
        }
    }

    private int runCall(WireReader in) throws IOException {
        int number = in.getInt();
        int role = in.getByte();
        if (isTakenBack(number)) {
            return role;
        }
        if (role == Messages.PROGRAM) {
            control.unhurried();
        }
        Task task = read(in);
        begin(task);
        TaskEvent event = Recorder.beginTask();
        Object result;
        try {
            result = role == Messages.CODEC ? useCodec(task) : worker.run(number, -1, 1, new CallRun(task));
        } catch (Throwable e) {
            if (role == Messages.JOB) {
                commit(event, task, -1, 1, e);
            }
            failCall(number, role, e);
            return role;
        }
        if (role == Messages.INITIALIZER) {
            worker.state(result);
            result = null;
        } else if (role == Messages.JOB) {
            commit(event, task, -1, 1, null);
            lookAtMemory();
        }
        answer(number, result);
        return role;
    }

    private void failCall(int number, int role, Throwable e) throws IOException {
        if (role == Messages.JOB) {
            lookAtMemory();
        }
        if (role == Messages.PROGRAM) {
            thrown = e;
            putThrown(number, e); // then it ends anyway
        } else {
            answerThrown(number, e);
        }
    }

    // Classes, and no lambdas, which cost a fresh process tens of milliseconds.

    private record ItemRun(
            Func<@Nullable Object, @Nullable Object> fn,
            @Nullable Object item) implements ScopedValue.CallableOp<@Nullable Object, Throwable> {

        @Override
        public @Nullable Object call() throws Exception {
            return fn.apply(item);
        }
    }

    private record CallRun(Task task) implements ScopedValue.CallableOp<@Nullable Object, Throwable> {

        @Override
        public @Nullable Object call() throws Throwable {
            return TaskLoop.call(task);
        }
    }

    /// Asks whether a request may be begun, see [Messages].
    private boolean isTakenBack(int number) throws IOException {
        if (!channel.hasWords()) {
            return false;
        }
        Begun.Leave leave = begun.begin(number);
        if (leave == Begun.Leave.BEGUN) {
            return false;
        }
        while (leave == Begun.Leave.CLOSED) { // the pool has given up on this process, and kills it
            LockSupport.park(this);
        }
        int begin = Messages.begin(out, Messages.SKIPPED);
        out.putInt(number);
        Messages.end(out, begin);
        publish();
        return true;
    }

    private void begin(Task task) {
        Thread thread = Thread.currentThread();
        if (thread.getContextClassLoader() != task.loader && task.loader != null) {
            thread.setContextClassLoader(task.loader);
        }
        Thread.interrupted(); // what the last task may have left
    }

    /// Records what has run, if a recording of this process wants that; the pool's process records the same, with the
    /// way there and back.
    private void commit(@Nullable TaskEvent event, Task task, long index, int attempt, @Nullable Throwable error) {
        if (event != null && event.shouldCommit()) {
            event.pool = worker.pool();
            event.call = task.name;
            event.index = index;
            event.attempt = attempt;
            event.worker = worker.id();
            event.failure = error == null ? "" : error.getClass().getName();
            event.commit();
        }
    }

    private static Object function(Task task) throws Throwable {
        if (task.failure != null) {
            throw task.failure;
        }
        return Objects.requireNonNull(task.function);
    }

    @SuppressWarnings("unchecked") // the parent has sent a function as such
    private static Func<@Nullable Object, @Nullable Object> asFunc(Task task) throws Throwable {
        return (Func<@Nullable Object, @Nullable Object>) function(task);
    }

    private static @Nullable Object call(Task task) throws Throwable {
        Object function = function(task);
        if (function instanceof Callable<?> job) {
            return job.call();
        }
        if (function instanceof VoidJob job) {
            job.call();
        } else {
            ((Runnable) function).run();
        }
        return null;
    }

    private @Nullable Object useCodec(Task task) throws Throwable {
        values = functions.with((Codec) function(task));
        return null;
    }

    // ---- answers

    /// Says in front of the answer to a task that this process has grown too large.
    private void lookAtMemory() {
        long held = memory == null ? 0 : memory.held();
        if (held > mostMemory) {
            memory = null;
            int begin = Messages.begin(out, Messages.RETIRE);
            out.putLong(held);
            Messages.end(out, begin);
        }
    }

    private void answer(int number, @Nullable Object result) throws IOException {
        int begin = Messages.begin(out, Messages.VALUE);
        out.putInt(number);
        answer(begin, number, result);
    }

    /// Answers a request, and says how long it has taken since it was begun.
    private void answer(int number, @Nullable Object result, long start) throws IOException {
        int begin = Messages.begin(out, Messages.TIMED);
        out.putInt(number);
        out.putLong(System.nanoTime() - start);
        answer(begin, number, result);
    }

    private void answer(int begin, int number, @Nullable Object result) throws IOException {
        try {
            Links.settle();
            values.write(out, result);
        } catch (Throwable e) {
            out.rewind(begin);
            answerThrown(number, e);
            return;
        }
        Messages.end(out, begin);
        publish();
    }

    private void putThrown(int number, Throwable e) throws IOException {
        int begin = Messages.begin(out, Messages.THROWN);
        out.putInt(number);
        functions.writeThrowable(out, e);
        Messages.end(out, begin);
        publish();
    }

    private void answerThrown(int number, Throwable e) throws IOException {
        try {
            Links.settle();
        } catch (RuntimeException refused) {
            // the task has failed anyway
        }
        putThrown(number, e);
        if (e instanceof VirtualMachineError && !(e instanceof StackOverflowError)) {
            // nothing in this process can be relied on any more
            Runtime.getRuntime().halt(e instanceof OutOfMemoryError ? ExitCode.OUT_OF_MEMORY : ExitCode.BROKEN_VM);
        }
    }

    private void publish() throws IOException {
        attached += out.attachedSince(0);
        channel.write(out, out.position());
        channel.flush();
        out.rewind(0);
        if (out.array().length > USUAL) {
            out = writer();
        }
    }

    private static WireWriter writer() {
        WireWriter writer = new WireWriter(512).keeper(new Sender());
        boolean _ = writer.attaching(true);
        return writer;
    }
}
