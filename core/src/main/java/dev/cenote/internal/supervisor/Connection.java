// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import dev.cenote.NotShippableException;
import dev.cenote.WorkerDiedException;
import dev.cenote.internal.Log;
import dev.cenote.internal.Nanos;
import dev.cenote.internal.channel.Begun;
import dev.cenote.internal.channel.Channel;
import dev.cenote.internal.channel.FrameReader;
import dev.cenote.internal.channel.Listener;
import dev.cenote.internal.classes.WorkerView;
import dev.cenote.internal.launch.Child;
import dev.cenote.internal.launch.Death;
import dev.cenote.internal.launch.Launcher;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.Messages;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One worker process and the requests to it, from its start to its death.
///
/// Whatever goes wrong with the channel is the death of the worker: it is killed if it still runs, because what it has
/// done with the requests it was sent cannot be known any more. The one report of its end is made here, from the exit
/// of the process, which is waited for: the channel breaks first and knows nothing of the reason.
///
/// For the thread of its place, except for `kill`.
final class Connection {

    private static final long DEATH_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long DYING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FRAME_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(3);

    /// How many bytes of requests may be unanswered when another is sent; well below the size of a ring.
    private static final int MOST_UNREAD = 256 << 10;

    /// Above this size a request is sent alone. Room for it comes only as the worker reads, and that must not wait for
    /// this side to read answers.
    private static final int LARGE = MOST_UNREAD;

    /// How many requests may be unanswered; a power of two.
    private static final int MOST_PENDING = 4_096;

    /// What comes before the value of an answer: its length, kind and number.
    private static final int ANSWER_HEAD = 4 + 1 + 4;

    /// What the writer may keep allocated between two requests.
    private static final int USUAL = 1 << 20;

    private static final AtomicInteger FOLDERS = new AtomicInteger();

    private final ChildWorkers workers;
    private final String name;
    private final int id;
    private final WorkerView view = new WorkerView();

    /// The functions that the worker has.
    private final Map<Integer, TaskShipment> known = new HashMap<>();

    private WireWriter out;

    /// Where in the writer the last request begins, if that may be sent only when all others are answered; else -1.
    private int largeAt = -1;

    /// Number of the last request that was taken back.
    private int skipped;

    /// Numbers of the last request that was sent and of the last that was answered.
    private volatile int sent; // read by those who kill

    private int answered;

    /// Number of the last request that was handed over.
    private int flushed;

    private final CompletableFuture<Child> launched = new CompletableFuture<>();
    private final Object lock = new Object();

    /// Guarded by `lock`.
    private @Nullable Child child;

    /// Guarded by `lock`.
    private @Nullable String killed;

    /// Null before the worker has connected.
    private volatile @Nullable Channel channel;

    private @Nullable FrameReader frames;
    private boolean dead;

    /// Whether the worker has thrown what makes it end itself; it begins nothing more.
    private boolean broken;

    /// Bytes of the requests that are not answered, all together and each at its number modulo the size; what is
    /// attached to them counts up to [#LARGE].
    private int unread;

    private final int[] sizes = new int[MOST_PENDING];

    /// Whether the worker ends by itself after what it was sent, however that ends.
    private boolean ends;

    /// How many bytes of memory the worker holds, once these were too many.
    private long held;

    /// How long the worker was busy, as it says, with what it has answered since somebody has asked.
    private long busyNanos;

    /// The last report of progress, where no words are shared.
    private volatile long reported;

    /// Whether the initializer has run, and what was finished since then is for users.
    private boolean ready;

    /// Whether anything was finished since then.
    private boolean useful;

    /// What its user was told of its death.
    private @Nullable WorkerDiedException told;

    /// Whether it had not begun the first request without an answer when it died.
    private boolean spared;

    /// Which attempt is, or was, the first without an answer.
    private int attempt = 1;

    Connection(ChildWorkers workers, String name, int id) {
        this.workers = workers;
        this.name = name;
        this.id = id;
        this.out = writer();
    }

    // ---- life

    /// Starts the process, and waits until it has connected.
    void open() throws Exception {
        try {
            connect();
        } catch (IOException e) {
            dead = true;
            Death _ = deathWithin(DYING_NANOS); // its pipes break before it has ended, and a kill now would hide why
            kill("it did not start in order");
            throw notStarted(e);
        } catch (InterruptedException | RuntimeException e) {
            dead = true;
            kill("the thread that started it was interrupted");
            throw e;
        }
    }

    private void connect() throws IOException, InterruptedException {
        Launcher launcher = workers.launcher();
        try {
            connect(launcher);
        } finally {
            workers.started();
        }
    }

    /// The process is started first: while its JVM comes up, which takes longer than anything here, this one opens what
    /// the worker will connect to.
    private void connect(Launcher launcher) throws IOException, InterruptedException {
        Child started = launcher.start(name, List.of(launcher.folder().toString()), workers.output);
        String why;
        synchronized (lock) {
            child = started;
            why = killed;
        }
        if (why != null) {
            started.kill(why);
        }
        launched.complete(started);
        Path folder = launcher.folder().resolve("c" + FOLDERS.incrementAndGet());
        Files.createDirectory(folder);
        Channel connected;
        try (Listener listener = Listener.open(folder, launcher.memoryFolder(), workers.channel)) {
            listener.invite(started.stdin());
            connected = listener.accept(
                    started.pid(),
                    started.death(),
                    workers.options.startTimeout().toNanos());
            started.death().thenRun(connected::peerDied);
        } finally {
            Files.deleteIfExists(folder);
        }
        channel = connected;
        frames = new FrameReader(connected, FRAME_NANOS);
        answering(connected).start();
        configure(connected);
    }

    /// A platform thread: after the first wait of a virtual one for a socket, the end of the JVM takes 300 ms more.
    private Thread answering(Channel connected) {
        Thread thread = new Thread(null, () -> answerRequests(connected), "cenote-control " + name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    private void configure(Channel connected) throws IOException {
        int begin = Messages.begin(out, Messages.CONFIG);
        out.putText(workers.pool);
        out.putInt(id);
        out.putText(name);
        out.putLong(workers.options.maxMemory());
        out.putLong(workers.domain);
        Messages.end(out, begin);
        write(connected);
    }

    private StartException notStarted(IOException cause) {
        Death death = death();
        String start = "pool \"" + workers.pool + "\": ";
        if (death != null && death.reason() == Death.Reason.NOT_STARTED) {
            return new StartException(start + death.report(), cause, false, false);
        }
        boolean byUs = death != null && death.reason() == Death.Reason.KILLED; // because of the cause
        boolean unknown = death == null && child() != null;
        String why = death == null || byUs ? String.valueOf(cause.getMessage()) : death.report();
        return new StartException(
                start + "worker " + name + " did not start: " + why,
                cause,
                !byUs && !unknown && !workers.isClosed(),
                death != null && death.reason() == Death.Reason.SIGNAL);
    }

    /// Is told that the worker is as its place wants it.
    void ready() {
        ready = true;
    }

    boolean isOpen() {
        if (dead || broken || channel == null) {
            return false;
        }
        Child current = child();
        return current != null && current.process().isAlive();
    }

    /// {@return completes as soon as there is a process, which is before it has connected; never if there is none}
    CompletableFuture<Child> launched() {
        return launched;
    }

    private @Nullable Child child() {
        synchronized (lock) {
            return child;
        }
    }

    /// Kills the process, now or as soon as it is there.
    ///
    /// @return the number of the last request that it has begun and ever will
    int kill(String why) {
        Channel connected = channel;
        int begun = connected == null ? sent : lastBegun(connected);
        Child current;
        synchronized (lock) {
            if (killed == null) {
                killed = why;
            }
            current = child;
        }
        if (current != null) {
            current.kill(why);
        }
        return begun;
    }

    /// Keeps the worker from beginning any other request.
    private int lastBegun(Channel connected) {
        return connected.hasWords() ? Begun.close(connected) : sent;
    }

    /// Kills the process if it still runs, and closes the channel.
    void discard() {
        dead = true;
        answered = sent;
        kill("its place was given up");
        Channel current = channel;
        if (current != null) {
            current.close();
        }
    }

    /// Lets the worker end, and sees to it that it does.
    void leave() {
        Channel current = Objects.requireNonNull(channel);
        Child process = Objects.requireNonNull(child());
        try {
            int begin = Messages.begin(out, Messages.BYE);
            Messages.end(out, begin);
            write(current);
            process.death().get(LEAVE_NANOS, TimeUnit.NANOSECONDS);
        } catch (IOException | ExecutionException e) {
            // it is gone already
        } catch (TimeoutException e) {
            Log.get()
                    .log(
                            System.Logger.Level.WARNING,
                            "pool \"" + workers.pool + "\": " + name + " did not end when told to");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        dead = true;
        kill("it was told to end and did not");
        current.close();
    }

    /// Waits for the end of a worker that ends by itself, however long that takes.
    void awaitEnd() {
        Child current = child();
        if (current != null) {
            current.death().join();
        }
        dead = true;
        Channel connected = channel;
        if (connected != null) {
            connected.close();
        }
    }

    /// {@return how the worker has ended, or `null` if that cannot be known soon}
    @Nullable
    Death death() {
        return deathWithin(DEATH_NANOS);
    }

    private @Nullable Death deathWithin(long nanos) {
        Child current = child();
        if (current == null) {
            return null;
        }
        boolean interrupted = Thread.interrupted();
        try {
            return current.death().get(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
            return null;
        } catch (ExecutionException | TimeoutException e) {
            return null;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Ends everything because the channel has failed.
    private WorkerDiedException died(@Nullable IOException cause) {
        boolean counts = ready && !useful && attempt == 1 && !isKilled();
        Channel connected = Objects.requireNonNull(channel);
        spared = !isKilled()
                && !(cause instanceof CorruptFrameException)
                && connected.hasWords()
                && lastBegun(connected) <= answered;
        WorkerDiedException exception = report(cause);
        told = exception;
        if (counts) {
            workers.storm.died(exception);
        }
        return exception;
    }

    /// {@return what its user was told of its death, or `null`}
    @Nullable
    WorkerDiedException told() {
        return told;
    }

    /// {@return whether this is its death, and has come before it had begun what is waited for}
    boolean isSparedBy(WorkerDiedException death) {
        return spared && death == told;
    }

    private boolean isKilled() {
        synchronized (lock) {
            return killed != null;
        }
    }

    private WorkerDiedException report(@Nullable IOException cause) {
        dead = true;
        answered = sent;
        flushed = sent;
        unread = 0;
        Child current = Objects.requireNonNull(child());
        Death death = cause instanceof CorruptFrameException ? null : death();
        if (death == null) {
            kill(cause == null ? "it closed its channel" : "its channel failed: " + cause.getMessage());
            death = death();
        }
        Objects.requireNonNull(channel).close();
        WorkerDiedException exception = death == null
                ? new WorkerDiedException(
                        "worker " + name + " (process " + current.pid() + ") was killed and has not ended",
                        name,
                        current.pid(),
                        -1,
                        Death.Reason.KILLED.name(),
                        current.uptime(),
                        current.lastOutput())
                : report(death);
        if (cause != null) {
            exception.initCause(cause);
        }
        return exception;
    }

    static WorkerDiedException report(Death death) {
        return new WorkerDiedException(
                death.report(),
                death.worker(),
                death.pid(),
                death.exitCode(),
                death.reason().name(),
                death.uptime(),
                death.lastOutput());
    }

    /// Is told of shared memory in an item.
    private record Admission(ChildWorkers workers) implements Consumer<Object> {

        @Override
        public void accept(Object shared) {
            TaskShipment.admit(shared, workers.exports);
        }
    }

    // ---- requests

    /// {@return requests without an answer}
    int pending() {
        return sent - answered;
    }

    int send(TaskShipment task, long index, int itsAttempt, @Nullable Object item) {
        if (sent == answered) {
            attempt = itsAttempt;
        }
        sendFunction(task);
        int item0 = out.position();
        try {
            int begin = Messages.begin(out, Messages.ITEM);
            out.putInt(sent + 1);
            out.putInt(task.number);
            out.putLong(index);
            out.putInt(itsAttempt);
            task.items.write(out, item);
            Messages.end(out, begin);
        } catch (NotShippableException e) {
            out.rewind(item0);
            throw e;
        }
        int frame = insertPrelude(task, item0);
        int size = (int) Math.min(LARGE, out.position() - item0 + out.attachedSince(item0));
        if (size == LARGE && pending() > 0) {
            largeAt = frame;
        }
        unread += size;
        int number = nextNumber();
        sizes[number & MOST_PENDING - 1] = size;
        return number;
    }

    /// Sends several items in one message, up to the first that cannot travel.
    ///
    /// @return how many
    int sendAll(TaskShipment task, long index, List<?> items, int from, int count) {
        sendFunction(task);
        int start = out.position();
        int begin = Messages.begin(out, Messages.ITEMS);
        out.putInt(sent + 1);
        out.putInt(task.number);
        out.putLong(index);
        int countAt = out.skip(Integer.BYTES);
        int most = Math.min(count, MOST_PENDING - pending());
        int numbersAt = out.skip(1);
        int done = most < 1 ? 0 : task.items.writeNumbers(out, items, from, most);
        boolean numbers = done > 0;
        out.array()[numbersAt] = (byte) (numbers ? 1 : 0);
        try {
            while (!numbers && done < most && out.position() - start < MOST_UNREAD / 4) {
                int item = out.position();
                task.items.write(out, items.get(from + done));
                if (out.position() - item >= LARGE || out.attachedSince(item) > 0) {
                    out.rewind(item); // it is sent alone
                    break;
                }
                done++;
            }
        } catch (NotShippableException e) {
            // it is told when its turn comes and it is sent alone
        }
        if (done == 0) {
            out.rewind(start);
            return 0;
        }
        out.setInt(countAt, done);
        Messages.end(out, begin);
        insertPrelude(task, start);
        int size = out.position() - start;
        unread += size;
        int last = sent + done;
        sent = last;
        sizes[last & MOST_PENDING - 1] = size;
        return done;
    }

    /// {@return whether the worker may be sent another request: what it has not answered fits well into the channel, so
    /// that neither side can be kept waiting for room by the other}
    boolean mayTakeMore() {
        return !broken
                && unread < MOST_UNREAD
                && pending() < MOST_PENDING
                && (Objects.requireNonNull(channel).hasWords() || pending() == 0);
    }

    int lastSent() {
        return sent;
    }

    /// See [Remote].
    int takeBack(int number) {
        Channel current = channel;
        return current == null || !current.hasWords() ? -1 : Begun.takeBack(current, number);
    }

    void skip() {
        Channel current = Objects.requireNonNull(channel);
        skipped = sent;
        if (current.hasWords()) {
            current.storeWord(Messages.SKIP, sent);
        }
    }

    // ---- progress

    /// {@return the last report of progress, see [Messages]}
    long reports() {
        Channel current = channel;
        if (current == null) {
            return 0;
        }
        return current.hasWords() ? current.loadWord(Messages.PROGRESS) : reported;
    }

    /// {@return what part of the request that runs is done, as far as it has said so}
    double fraction() {
        Channel current = channel;
        if (current == null) {
            return 0;
        }
        long last = reports();
        long runs = current.hasWords() ? current.loadWord(Messages.BEGUN) : sent;
        return Messages.progressOf(last) == (int) runs ? Messages.fractionOf(last) : 0;
    }

    // ---- functions

    private void sendFunction(TaskShipment task) {
        if (known.containsKey(task.number)) {
            return;
        }
        known.values().removeIf(old -> {
            if (old.isReleased()) {
                int begin = Messages.begin(out, Messages.RELEASE);
                out.putInt(old.number);
                Messages.end(out, begin);
            }
            return old.isReleased();
        });
        writePrelude(task.uses.prelude(view));
        int begin = Messages.begin(out, Messages.FUNCTION);
        out.putInt(task.number);
        out.put(task.content);
        Messages.end(out, begin);
        known.put(task.number, task);
    }

    private void writePrelude(byte @Nullable [] prelude) {
        if (prelude != null) {
            int begin = Messages.begin(out, Messages.PRELUDE);
            out.putBytes(prelude, 0, prelude.length);
            Messages.end(out, begin);
        }
    }

    /// Puts what an item needs in front of it; which that is, is known when it has been encoded.
    ///
    /// @return where the item begins now
    private int insertPrelude(TaskShipment task, int at) {
        byte[] prelude = task.uses.prelude(view);
        if (prelude == null) {
            return at;
        }
        WireWriter frame = new WireWriter(prelude.length + 16);
        int begin = Messages.begin(frame, Messages.PRELUDE);
        frame.putBytes(prelude, 0, prelude.length);
        Messages.end(frame, begin);
        out.insert(at, frame.toByteArray());
        return at + frame.position();
    }

    private int nextNumber() {
        int next = sent + 1;
        sent = next;
        return next;
    }

    /// Runs something once.
    @Nullable
    Object call(TaskShipment task, int role) throws Exception {
        try {
            sendCall(task, role);
            return receive();
        } finally {
            Reference.reachabilityFence(task); // it keeps what the worker will look for
        }
    }

    void sendCall(TaskShipment task, int role) {
        ends = role == Messages.PROGRAM;
        writePrelude(task.uses.prelude(view));
        int begin = Messages.begin(out, Messages.CALL);
        out.putInt(nextNumber());
        out.putByte(role);
        out.put(task.content);
        Messages.end(out, begin);
        flush();
    }

    /// Waits until the next answer has begun to come, or never will.
    void awaitAnswer() throws InterruptedException {
        try {
            boolean _ = Objects.requireNonNull(frames).isReady()
                    || Objects.requireNonNull(channel).awaitReadable(Nanos.FOREVER);
        } catch (IOException e) {
            // whoever reads the answer is told
        }
    }

    /// Hands over what was sent, unless that means to wait for room while there are answers to come: the worker may be
    /// waiting for room for these. A failure shows at the next answer, which is what was published before it, or the
    /// death.
    void flush() {
        Channel to = Objects.requireNonNull(channel);
        if (largeAt >= 0 && pending() == 1) {
            largeAt = -1; // its turn has come
        }
        int count = largeAt < 0 ? out.position() : largeAt;
        try {
            if (flushed == answered || count <= to.free()) {
                to.working(true);
                write(to, count);
                flushed = largeAt < 0 ? sent : sent - 1;
            }
        } catch (IOException e) {
            out.rewind(0);
            largeAt = -1;
            flushed = sent;
        }
    }

    /// {@return whether what was sent can be handed over without a wait}
    boolean hasRoom() {
        try {
            return out.attachedSince(0) == 0
                    && out.position() <= Objects.requireNonNull(channel).free();
        } catch (IOException e) {
            return true; // it fails at once
        }
    }

    /// {@return a number that changes as the worker takes what a write waits for}
    long moved() {
        Channel current = channel;
        return current == null ? 0 : current.moved();
    }

    private void write(Channel to) throws IOException {
        write(to, out.position());
    }

    private void write(Channel to, int count) throws IOException {
        to.write(out, count);
        to.flush();
        out.drop(count);
        if (largeAt >= 0) {
            largeAt = 0;
        } else if (out.array().length > USUAL) {
            out = writer();
        }
    }

    private WireWriter writer() {
        WireWriter writer = new WireWriter(512).keeper(new Admission(workers));
        boolean _ = writer.attaching(true);
        return writer;
    }

    @Nullable
    Object receive() throws Exception {
        if (broken) {
            answered++;
            return Remote.SKIPPED;
        }
        if (largeAt >= 0 && pending() == 1 && skipped == sent) {
            return dropLarge();
        }
        if (answered == flushed) {
            flush();
        }
        WireReader in;
        int kind;
        try {
            in = next();
            kind = in.getByte();
            if (kind == Messages.RETIRE) {
                held = in.getLong();
                in = next();
                kind = in.getByte();
            }
            int number = in.getInt();
            if (number != answered + 1) {
                throw new CorruptFrameException("an answer to request " + number + " instead of " + (answered + 1));
            }
        } catch (IOException e) {
            throw died(e);
        }
        answered();
        if (kind != Messages.SKIPPED) {
            finished();
        }
        return switch (kind) {
            case Messages.VALUE -> value(in);
            case Messages.TIMED -> timedValue(in);
            case Messages.THROWN -> thrown(in);
            case Messages.SKIPPED -> Remote.SKIPPED;
            default -> throw died(new CorruptFrameException("an answer of kind " + kind));
        };
    }

    /// Takes back a large request that the worker was never sent.
    private Object dropLarge() {
        out.rewind(largeAt);
        largeAt = -1;
        flushed = sent;
        answered();
        return Remote.SKIPPED;
    }

    /// Takes answers with simple values that are here already; see [Remote]. Whatever is special about the next is left
    /// for [#receive].
    int receiveReady(@Nullable Object @Nullable [] into, int at, int most) {
        FrameReader from = frames;
        if (from == null || broken) {
            return 0;
        }
        int done = 0;
        int limit = Math.min(most, flushed - answered);
        try {
            boolean more = true;
            while (more && done < limit) {
                WireReader in = from.peek();
                int before = done;
                if (in != null) {
                    done = takeReady(in, into, at, done, limit);
                }
                more = done > before;
            }
        } catch (IOException e) {
            // the next answer tells
        }
        if (done > 0) {
            finished();
        }
        return done;
    }

    private int takeReady(WireReader in, @Nullable Object @Nullable [] into, int at, int before, int limit)
            throws IOException {
        int done = before;
        int behind = in.position();
        try {
            while (done < limit && in.left() > ANSWER_HEAD) {
                int length = in.getInt();
                int end = in.position() + length;
                if (length > in.left() || in.getByte() != Messages.VALUE || in.getInt() != answered + 1) {
                    break;
                }
                int start = in.position();
                Object value = workers.results.readScalar(in);
                if (in.position() != end || (value == null && end - start != 1)) {
                    break;
                }
                if (into != null) {
                    into[at + done] = value;
                }
                done++;
                behind = end;
                answered();
            }
        } finally {
            Objects.requireNonNull(frames).consume(behind);
        }
        return done;
    }

    /// Notes that the worker has finished something.
    private void finished() {
        if (ready) {
            useful = true;
            workers.storm.finished();
        }
    }

    /// Counts an answer.
    private void answered() {
        answered++;
        int slot = answered & MOST_PENDING - 1;
        unread -= sizes[slot];
        sizes[slot] = 0;
        if (answered == sent) {
            Objects.requireNonNull(channel).working(false);
        }
    }

    /// See [Remote]. Half of what is under way: then the worker has something to do while this side wakes up.
    void expectMany() {
        Objects.requireNonNull(frames).expect(pending() / 2 * (ANSWER_HEAD + 1));
    }

    private WireReader next() throws IOException {
        WireReader in = Objects.requireNonNull(frames).next();
        if (in == null) {
            throw died(null);
        }
        return in;
    }

    /// {@return how many bytes of memory the worker holds if these are too many; else 0}
    long heldTooMuch() {
        return held;
    }

    /// {@return how many nanoseconds the worker says it was busy with what it has answered since the last call}
    long takeBusyNanos() {
        long nanos = busyNanos;
        busyNanos = 0;
        return nanos;
    }

    private @Nullable Object timedValue(WireReader in) {
        try {
            busyNanos += Math.max(0, in.getLong());
        } catch (CorruptFrameException e) {
            throw died(e);
        }
        return value(in);
    }

    private @Nullable Object value(WireReader in) {
        try {
            return readValue(in);
        } catch (CorruptFrameException e) {
            throw died(e);
        } catch (IOException | ClassNotFoundException e) {
            throw new NotShippableException(
                    "pool \"" + workers.pool + "\": a result from " + name + " cannot come into this process: "
                            + e.getMessage(),
                    e);
        }
    }

    /// Reads a value and all that is attached to it, whatever becomes of it here.
    private @Nullable Object readValue(WireReader in) throws IOException, ClassNotFoundException {
        try {
            return workers.results.read(in);
        } finally {
            finishFrame();
        }
    }

    private void finishFrame() {
        try {
            Objects.requireNonNull(frames).finish();
        } catch (IOException e) {
            throw died(e);
        }
    }

    private @Nullable Object thrown(WireReader in) throws Exception {
        Throwable thrown;
        try {
            thrown = workers.results.readThrowable(in, name);
        } catch (IOException e) {
            throw died(e);
        }
        if (!ends && thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError)) {
            // it is about to end itself: it begins nothing of what it was sent, and must not be sent anything else
            dead = true;
            answered = sent;
            flushed = sent;
            unread = 0;
            kill("it had an error after which nothing in it can be relied on: " + thrown);
            Objects.requireNonNull(channel).close();
        }
        if (thrown instanceof Error error) {
            broken = error instanceof VirtualMachineError && !(error instanceof StackOverflowError);
            throw error;
        }
        throw (Exception) thrown;
    }

    // ---- classes

    private void answerRequests(Channel from) {
        try {
            byte[] request = from.receiveControl();
            while (request != null) {
                if (request.length > 0 && request[0] == Messages.REPORT) {
                    reported = new WireReader(request, 1, request.length - 1).getLong();
                } else {
                    from.sendControl(answer(request));
                }
                request = from.receiveControl();
            }
        } catch (IOException e) {
            if (isOpen()) {
                Log.get().log(System.Logger.Level.DEBUG, "the control path of " + name + " has ended", e);
            }
        }
    }

    private byte[] answer(byte[] message) throws IOException {
        WireReader in = new WireReader(message);
        int kind = in.getByte();
        if (kind == Messages.ENDING) {
            endLater(in);
            return new byte[] {Messages.ENDING};
        }
        if (kind != Messages.ASK) {
            throw new CorruptFrameException("not a question: " + List.of(message[0]));
        }
        int number = in.getInt();
        byte[] answer = workers.exports.answer(in.getBlock());
        WireWriter reply = new WireWriter(answer.length + 16);
        reply.putByte(Messages.ANSWER);
        reply.putInt(number);
        reply.putBlock(answer);
        return reply.toByteArray();
    }

    /// Sees to it that what a worker has started does not outlive it. Its shutdown hooks come first: they may end it in
    /// order.
    private void endLater(WireReader pids) throws IOException {
        List<ProcessHandle> processes = new ArrayList<>();
        while (pids.left() > 0) {
            ProcessHandle.of(pids.getLong()).ifPresent(processes::add);
        }
        Child current = child();
        if (!processes.isEmpty() && current != null) {
            current.death().thenRun(() -> processes.forEach(ProcessHandle::destroyForcibly));
        }
    }
}
