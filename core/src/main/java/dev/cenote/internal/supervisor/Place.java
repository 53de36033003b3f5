// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import dev.cenote.WorkerDiedException;
import dev.cenote.internal.Log;
import dev.cenote.internal.launch.Death;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Shipment;
import dev.cenote.internal.wire.Messages;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The place of one worker process after another.
///
/// | state | means | left by |
/// | --- | --- | --- |
/// | empty | nothing runs | `start`: waiting |
/// | waiting | a pause after deaths, see [Storm] | its end: starting; too many deaths: failed |
/// | starting | connects, and runs the initializer | success: ready; death: waiting, five times; else failed |
/// | ready | waits for a request | `send`, `run`: busy; death: dead; `leave`, its tasks are used up: leaving |
/// | busy | has requests without an answer | the last answer: ready; death, an error it does not survive: dead |
/// | leaving | runs the exit function, was told to end | its end, or a kill after 3 s: dead |
/// | dead | found dead, or left | `start`, which puts another in its place: waiting |
/// | failed | no worker can be had; the pool is broken | nobody |
/// | killed | given up on, in whatever state it was | nobody |
///
/// A start that fails is tried again after a pause, a few times, unless the next one must fail too; and when workers
/// die again and again, a start waits.
///
/// A dead worker is noticed when it is used, as the one who waits for its answer is woken by its death. `killed` is
/// final, so that a worker that was given up on while it started is not followed by another.
final class Place implements Remote {

    private final ChildWorkers workers;
    private final String name;
    private final int id;

    /// The worker; only the own thread uses it, but for `kill`.
    private volatile @Nullable Connection connection;

    /// Why no worker may be here any more.
    private volatile @Nullable String killed;

    /// How many requests the worker has had; only the own thread uses it.
    private int used;

    Place(ChildWorkers workers, String name, int id) {
        this.workers = workers;
        this.name = name;
        this.id = id;
    }

    @Override
    public void start() throws Exception {
        Connection current = connection;
        rest();
        if (current != null && current.isOpen()) {
            return;
        }
        if (current != null) {
            current.discard();
            workers.restarts().increment();
        }
        workers.storm.awaitStart();
        int row = 0; // of tries while nobody else has finished anything
        for (int failed = 1; ; failed++) {
            int mark = workers.storm.mark();
            Exception failure = startOnce();
            if (failure == null) {
                return;
            }
            row = workers.storm.hasFinishedSince(mark) ? 1 : row + 1;
            if (row >= (isFromOutside(failure) ? Storm.MOST_DEATHS : Storm.MOST_STARTS)) {
                throw failure;
            }
            TimeUnit.NANOSECONDS.sleep(Storm.pauseAfter(failed));
        }
    }

    /// Starts a worker.
    ///
    /// @return why it was not started; `null` if it was
    /// @throws Exception why it was not started, if there is no sense in another try
    private @Nullable Exception startOnce() throws Exception {
        try {
            tryStart();
            return null;
        } catch (StartException e) {
            if (killed != null || !e.perhapsLater()) {
                throw e;
            }
            tellOfAnotherTry(e);
            return e;
        } catch (WorkerDiedException e) {
            if (killed != null || isAlive()) { // it is not this worker that has died
                throw e;
            }
            tellOfAnotherTry(e);
            return e;
        }
    }

    private static boolean isFromOutside(Exception failure) {
        return failure instanceof StartException start
                ? start.fromOutside()
                : failure instanceof WorkerDiedException died && died.reason().equals(Death.Reason.SIGNAL.name());
    }

    private void tellOfAnotherTry(Exception failure) {
        Log.get()
                .log(
                        System.Logger.Level.WARNING,
                        "pool \"" + workers.pool + "\": a start of " + name + " has failed and is tried again",
                        failure);
    }

    private void tryStart() throws Exception {
        used = 0;
        Connection made = new Connection(workers, name, id);
        connection = made;
        if (killed != null) { // by someone who has not seen this one
            made.kill(killed);
        }
        made.open();
        if (workers.codec != null) {
            made.call(workers.codec, Messages.CODEC);
        }
        if (workers.initializer != null) {
            made.call(workers.initializer, Messages.INITIALIZER);
        }
        made.ready();
    }

    private Connection ready() throws Exception {
        start();
        return Objects.requireNonNull(connection);
    }

    @Override
    public void rest() {
        Connection current = connection;
        if (current != null && current.pending() == 0 && isUsedUp(current)) {
            retire(current);
        }
    }

    private boolean isUsedUp(Connection current) {
        int most = workers.options.maxTasksPerWorker();
        return (most > 0 && used >= most) || current.heldTooMuch() > 0;
    }

    @Override
    public int send(Shipment task, long index, int attempt, @Nullable Object item) throws Exception {
        Connection current = pending() > 0 ? Objects.requireNonNull(connection) : ready();
        int number = current.send((TaskShipment) task, index, attempt, item);
        used++;
        return number;
    }

    @Override
    public int sendAll(Shipment task, long index, List<?> items, int from, int count) throws Exception {
        Connection current = pending() > 0 ? Objects.requireNonNull(connection) : ready();
        int most = workers.options.maxTasksPerWorker();
        int now = most == 0 ? count : Math.min(count, most - used);
        int sent = mayTakeMore() ? current.sendAll((TaskShipment) task, index, items, from, now) : 0;
        used += sent;
        return sent;
    }

    @Override
    public @Nullable Object run(Shipment job, boolean interruptible) throws Exception {
        for (int spared = 0; ; spared++) {
            try {
                return runOnce(job, interruptible);
            } catch (WorkerDiedException e) {
                if (spared == MOST_SPARED
                        || killed != null
                        || !Objects.requireNonNull(connection).isSparedBy(e)) {
                    throw e;
                }
            }
        }
    }

    private @Nullable Object runOnce(Shipment job, boolean interruptible) throws Exception {
        Connection current = ready();
        used++;
        current.sendCall((TaskShipment) job, Messages.JOB);
        if (interruptible) {
            try {
                current.awaitAnswer();
            } catch (InterruptedException e) {
                current.discard();
                Thread.currentThread().interrupt();
                throw new CancellationException("the caller of a job on " + name + " was interrupted");
            }
        }
        try {
            return current.receive();
        } finally {
            Reference.reachabilityFence(job); // it keeps what the worker will look for
        }
    }

    @Override
    public boolean mayTakeMore() {
        Connection current = Objects.requireNonNull(connection);
        return !isUsedUp(current) && current.mayTakeMore();
    }

    @Override
    public void flush() {
        Objects.requireNonNull(connection).flush();
    }

    @Override
    public boolean hasRoom() {
        return Objects.requireNonNull(connection).hasRoom();
    }

    @Override
    public long moved() {
        Connection current = connection;
        return current == null ? 0 : current.moved();
    }

    @Override
    public @Nullable Object receive() throws Exception {
        Connection current = Objects.requireNonNull(connection);
        try {
            Object answer = current.receive();
            if (answer == SKIPPED) {
                used--;
            }
            return answer;
        } catch (WorkerDiedException e) {
            if (current.isSparedBy(e)) {
                return SKIPPED;
            }
            throw e;
        }
    }

    @Override
    public int receiveReady(@Nullable Object @Nullable [] into, int at, int most) {
        Connection current = connection;
        return current == null ? 0 : current.receiveReady(into, at, most);
    }

    @Override
    public void expectMany() {
        Connection current = connection;
        if (current != null) {
            current.expectMany();
        }
    }

    @Override
    public long takeBusyNanos() {
        Connection current = connection;
        return current == null ? 0 : current.takeBusyNanos();
    }

    @Override
    public int pending() {
        Connection current = connection;
        return current == null ? 0 : current.pending();
    }

    @Override
    public int lastSent() {
        Connection current = connection;
        return current == null ? 0 : current.lastSent();
    }

    @Override
    public int takeBack(int number) {
        Connection current = connection;
        return current == null ? -1 : current.takeBack(number);
    }

    @Override
    public void skip() {
        Objects.requireNonNull(connection).skip();
    }

    @Override
    public long reports() {
        Connection current = connection;
        return current == null ? 0 : current.reports();
    }

    @Override
    public double fraction() {
        Connection current = connection;
        return current == null ? 0 : current.fraction();
    }

    @Override
    public @Nullable WorkerDiedException death() {
        Connection current = connection;
        return current == null ? null : current.told();
    }

    @Override
    public boolean isAlive() {
        Connection current = connection;
        return current != null && current.isOpen();
    }

    @Override
    public boolean isReady() {
        Connection current = connection;
        return current != null && current.isOpen() && !isUsedUp(current);
    }

    @Override
    public void leave() {
        Connection current = connection;
        if (current != null && killed == null) {
            retire(current);
        }
    }

    private void retire(Connection current) {
        if (current.isOpen()) {
            if (workers.exit != null) {
                try {
                    workers.exitResults.accept(current.call(workers.exit, Messages.EXIT));
                } catch (Exception | Error e) {
                    Log.get()
                            .log(
                                    System.Logger.Level.WARNING,
                                    "pool \"" + workers.pool + "\": the exit function failed in " + name,
                                    e);
                }
            }
            current.leave();
        }
    }

    @Override
    public void discard() {
        Connection current = connection;
        if (current != null) {
            current.discard();
        }
    }

    @Override
    public int kill(String why) {
        killed = why;
        Connection current = connection;
        return current == null ? 0 : current.kill(why);
    }
}
