// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import dev.cenote.NotShippableException;
import dev.cenote.WorkerDiedException;
import dev.cenote.internal.events.Recorder;
import dev.cenote.internal.events.TaskEvent;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.Shipment;
import dev.cenote.internal.time.Time.Alarm;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What a runner has under way in one worker outside this JVM.
///
/// ## Flights
///
/// Items are sent before those in front of them are answered, as many as are expected to run in a fraction of a
/// millisecond, so that the worker never waits for this thread, and neither side has to be woken for each item. The
/// worker runs them one after the other, so at most the first of those without an answer has begun: it alone is under
/// the lease, with its own time limit, and it alone is blamed if the worker dies. All others are given back; so is the
/// first if the worker had not begun it, unless that has happened to it too often.
///
/// A worker that has died ends the run: what is left goes to whoever has a worker, as it would have to wait here for
/// the start of the next one, and everything behind it that is to come in order.
///
/// ## Giving up
///
/// Whoever gives up on the first has the worker killed. In that moment the worker may be done with it and have begun
/// the next; the number of the last that was begun, which nothing can follow, tells. That one fails too, since nobody
/// knows how far it came, and what it has done must not be done again unless retries were asked for.
///
/// ## Taking back
///
/// When someone else has nothing to do, or the call is over, what the worker has not begun is taken back, after the
/// next answer. If that does not come in a few milliseconds another thread does it, see [#lend]: one slow item must not
/// keep those behind it from workers that have nothing to do.
///
/// For the thread of the runner; whoever gives up on its lease takes over. What is exposed to those who lend is guarded
/// by the lock of this object: chunks and flights while this thread waits for an answer.
final class OutsideRun {

    private static final long AHEAD_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    /// How much work has to be left for it to be worth giving half of it to another worker: several times what it takes
    /// to wake one up.
    private static final long WORTH_SPLITTING_NANOS = 4 * Call.WORTH_SPLITTING_NANOS;

    /// How many very short items are sent in one message, and how many are under way at most.
    private static final int BLOCK = 1_024;

    private static final int MOST_AHEAD = 4 * BLOCK;

    private final Runner runner;
    private final Call call;
    private final Shipment shipment;
    private final Dispatcher dispatcher;
    private final Deque<Flight> flights = new ArrayDeque<>();

    /// What was sent and came back unrun.
    private final List<Flight> returned = new ArrayList<>();

    /// What could not be sent, and why.
    private final List<Refusal> refused = new ArrayList<>();

    /// Where the next items come from; what of it was sent is cut off.
    private @Nullable Chunk source;

    private boolean takenBack;

    /// Whether a part of the chunk that runs together was lent.
    private boolean partly;

    /// Whose answer is waited for, while others may take what it has not begun; guarded by this object, as all up to
    /// `lent`.
    private @Nullable Remote exposed;

    private long exposedSince;

    /// The chunk that runs together, and from where on it is not answered; `null` if items are sent one by one.
    private @Nullable Chunk together;

    private long togetherFrom;

    /// What to add to the number of a request to get the position of its item.
    private long toPosition;

    /// Whether something was lent.
    private boolean lent;

    /// When the last answer came, and how many came since the sizer was told.
    private long lastNanos;

    private long measuredNanos;
    private int measured;

    OutsideRun(Runner runner, Call call) {
        this.runner = runner;
        this.call = call;
        this.shipment = Objects.requireNonNull(call.remoteFn).shipment();
        this.dispatcher = call.dispatcher;
    }

    /// An item that was sent.
    ///
    /// @param chunk the item, which is the first of it
    /// @param number of the request
    private record Flight(Chunk chunk, int number) {

        long index() {
            return chunk.first;
        }
    }

    private record Refusal(Chunk chunk, Throwable error) {}

    /// Runs a chunk, and more of them as long as there is room in the air.
    ///
    /// @return false when the runner was given up on
    boolean run(WorkerContext me, Chunk chunk) {
        Remote remote = Objects.requireNonNull(me.remote());
        source = chunk;
        takenBack = false;
        measured = 0;
        measuredNanos = 0;
        lastNanos = dispatcher.time.nanos();
        boolean held = true;
        while (held && (source != null || !flights.isEmpty())) {
            held = fill(me, remote) && (flights.isEmpty() || answer(me, remote));
            if (held && flights.isEmpty() && takenBack) {
                dropAnswers(remote); // of what was lent
                giveBackReturned(); // all that was taken back has come; what was never sent follows
            }
        }
        if (held) {
            measure();
            giveBackReturned();
        }
        return held;
    }

    // ---- very short items

    /// Runs a chunk of very short items, under one lease, and settles them together. Blocks of them are sent before
    /// their turn, so that the worker never waits.
    ///
    /// When someone else has nothing to do, the half of what is left is given back that was not sent; or everything is
    /// taken back that the worker has not begun, so that no slow items are kept behind each other.
    ///
    /// @return false when the runner was given up on
    boolean runTogether(WorkerContext me, Chunk chunk) {
        Remote remote = Objects.requireNonNull(me.remote());
        me.clearInterrupt();
        me.begin(runner, chunk.first, 1);
        long start = dispatcher.time.nanos();
        Batch batch = call.batch(chunk);
        long index = chunk.first;
        long sent = index;
        int failures = 0;
        boolean whole = true;
        boolean gone = false;
        WorkerDiedException spared = null;
        takenBack = false;
        partly = false;
        while (index < chunk.end && call.signal != Call.STOP && !gone) {
            if (takenBack && remote.pending() == 0) {
                takenBack = false;
                sent = index;
                giveBackHalf(chunk, index);
            } else if (call.signal == Call.HUNGRY && !takenBack) {
                share(remote, chunk, index, sent, start);
            }
            if (!takenBack) {
                sent = sendAhead(remote, chunk, index, sent);
            }
            long reached = runTogether(me, batch, chunk, index, sent);
            index = reached < 0 ? ~reached : reached;
            gone = remote.pending() == 0 && !remote.isAlive();
            spared = gone && reached >= 0 ? remote.death() : null;
            whole &= reached >= 0 && !takenBack && !gone && !partly;
            if (reached < 0) {
                failures++;
                if (call.stopsAtFailure()) {
                    break;
                }
            }
        }
        dropAnswers(remote);
        long passed = dispatcher.time.nanos() - start;
        long busy = busy(remote, passed);
        long nanos = whole ? busy : passed; // of a message whose last item failed or came back, nothing was said
        if (!me.release()) {
            return false;
        }
        long ran = index - chunk.first;
        if (ran > 0) {
            runner.measure(me, chunk, ran, nanos);
            batch.settle(chunk.first, ran - failures, failures);
        }
        if (gone) {
            giveBackUnrun(me, chunk, index, spared);
        }
        return true;
    }

    /// Runs items that were sent already, or one.
    private long runTogether(WorkerContext me, Batch batch, Chunk chunk, long index, long sent) {
        if (takenBack) {
            return batch.run(me, chunk, index, sent);
        }
        long to = Math.min(Math.min(chunk.end, index + BLOCK), Math.max(sent, index + 1));
        if (chunk.end - index > 1) {
            expose(Objects.requireNonNull(me.remote()), chunk, index, Math.max(sent, index) - 1);
        }
        try {
            return batch.run(me, chunk, index, to);
        } finally {
            partly |= conceal();
        }
    }

    /// Gives back what is left of a chunk whose worker has died.
    ///
    /// @param death how it has died, if it had not begun the item at the position; else `null`
    private void giveBackUnrun(WorkerContext me, Chunk chunk, long index, @Nullable WorkerDiedException death) {
        long from = index;
        if (death != null && index < chunk.end) {
            spare(me, chunk, index, death);
            from++;
        }
        if (from < chunk.end && call.signal != Call.STOP) {
            call.giveBack(from == chunk.first ? chunk : chunk.from(from));
        }
    }

    /// Gives back an item that its worker had not begun when it died, unless that has happened too often.
    private void spare(WorkerContext me, Chunk chunk, long index, WorkerDiedException death) {
        Past past = index == chunk.first ? chunk.past : null;
        if (Past.timesSpared(past) == Remote.MOST_SPARED) {
            runner.settle(me, index, chunk.item(index), past, Deaths.beforeItem(death, call, index));
        } else if (call.signal != Call.STOP) {
            call.giveBack(chunk.again(index, Past.andSpared(past, death)));
        }
    }

    /// @return up to where items were sent
    private long sendAhead(Remote remote, Chunk chunk, long index, long sentBefore) {
        long sent = remote.pending() == 0 ? index : sentBefore; // a worker that has died has nothing any more
        if (sent - index > MOST_AHEAD / 2) {
            return sent;
        }
        try {
            long end = Math.min(chunk.end, index + MOST_AHEAD);
            int count = 1;
            while (sent < end && count > 0) {
                int most = (int) Math.min(BLOCK, end - sent);
                count = remote.sendAll(shipment, sent, chunk.items(), chunk.offsetOf(sent), most);
                sent += count;
            }
            remote.flush();
        } catch (Exception e) {
            // the first item that is sent alone is told
        }
        return sent;
    }

    private void share(Remote remote, Chunk chunk, long index, long sent, long start) {
        call.signal(Call.HUNGRY, Call.RUN);
        long left = chunk.end - index;
        long ran = index - chunk.first;
        if (left < 2 || ran < 1 || (double) (dispatcher.time.nanos() - start) / ran * left < WORTH_SPLITTING_NANOS) {
            return;
        }
        if (chunk.end - sent >= left / 2) {
            call.giveBack(chunk.split(index + (left + 1) / 2));
        } else if (sent - index > 2) {
            remote.skip();
            takenBack = true;
        }
    }

    private void giveBackHalf(Chunk chunk, long index) {
        long left = chunk.end - index;
        if (left >= 2) {
            call.giveBack(chunk.split(index + left / 2));
        }
    }

    /// Takes back what was sent ahead and is not wanted any more.
    private static void dropAnswers(Remote remote) {
        if (remote.pending() > 0) {
            remote.skip();
        }
        while (remote.pending() > 0) {
            try {
                Object _ = remote.receive();
            } catch (Throwable t) {
                // of an item that nobody wants
            }
        }
    }

    // ---- sending

    private boolean fill(WorkerContext me, Remote remote) {
        if (!wantsMore(remote)) {
            return true;
        }
        Chunk first = Objects.requireNonNull(source);
        me.clearInterrupt();
        long token = me.begin(runner, first.first, 1);
        try {
            if (flights.isEmpty()) {
                Remote _ = me.startedRemote();
            }
            do {
                sendNext(remote);
            } while (wantsMore(remote));
            if (!flights.isEmpty()) {
                flush(me, remote, token);
            }
        } catch (Throwable t) { // no worker can be started; nothing is under way
            refused.add(new Refusal(first, t));
            source = first.size() > 1 ? first.from(first.first + 1) : null;
        }
        if (!me.release()) {
            return false;
        }
        for (Refusal refusal : refused) {
            Chunk item = refusal.chunk();
            runner.settle(me, item.first, item.item(item.first), item.past, refusal.error());
        }
        refused.clear();
        return true;
    }

    /// Hands over what was sent. Where that waits for the worker, it is given up on when it takes nothing for as long
    /// as the first of the items might run: it would never begin it.
    private void flush(WorkerContext me, Remote remote, long token) {
        Flight flight = flights.getFirst();
        Chunk chunk = flight.chunk();
        Alarm alarm = remote.hasRoom() ? null : runner.armHandover(me, chunk, flight.index(), chunk.attempt(), token);
        remote.flush();
        if (alarm != null) {
            alarm.cancel();
        }
    }

    private boolean wantsMore(Remote remote) {
        if (call.signal == Call.STOP) {
            source = null;
            return false;
        }
        if (takenBack) {
            return false;
        }
        if (source == null && flights.size() <= window() / 2 && mayClaimAhead()) {
            measure();
            source = call.claim();
        }
        return source != null && (flights.isEmpty() || (flights.size() < window() && remote.mayTakeMore()));
    }

    /// {@return whether a chunk may be claimed while others are under way} Not when items have turned out to be very
    /// short, which are better run together; and not when few are left: those are for whoever has nothing to do, in
    /// case one of those under way takes long.
    private boolean mayClaimAhead() {
        return runner.mayClaim() && !call.byChunk() && (flights.isEmpty() || call.backlog() > 4L * dispatcher.limit);
    }

    private int window() {
        return (int) Math.clamp(AHEAD_NANOS / Math.max(call.sizer.expectedNanos(), 1.0), 1, 4_096);
    }

    private void sendNext(Remote remote) throws Exception {
        Chunk chunk = Objects.requireNonNull(source);
        long index = chunk.first;
        try {
            int number = remote.send(shipment, index, chunk.attempt(), chunk.item(index));
            flights.add(new Flight(chunk, number));
        } catch (NotShippableException t) {
            refused.add(new Refusal(chunk, t));
        }
        source = chunk.size() > 1 ? chunk.from(index + 1) : null;
    }

    // ---- answers

    private boolean answer(WorkerContext me, Remote remote) {
        Flight flight = flights.getFirst();
        me.clearInterrupt();
        int attempt = flight.chunk().attempt();
        long token = me.begin(runner, flight.index(), attempt);
        takeBackIfWanted(remote);
        TaskEvent event = Recorder.beginTask();
        Alarm alarm = runner.arm(me, flight.chunk(), flight.index(), attempt, token);
        Object value = null;
        Throwable error = null;
        if (!takenBack && (flights.size() > 1 || source != null)) {
            expose(remote, null, 0, 0);
        }
        try {
            value = remote.receive();
        } catch (Throwable t) {
            error = t;
        }
        takenBack |= conceal();
        long now = dispatcher.time.nanos();
        if (alarm != null) {
            alarm.cancel();
        }
        if (!me.release()) {
            return false;
        }
        flights.removeFirst();
        if (value == Remote.SKIPPED) {
            WorkerDiedException death = remote.death();
            if (death == null) {
                returned.add(flight);
            } else {
                spare(me, flight.chunk(), flight.index(), death);
                giveBackUnsent();
            }
            return true;
        }
        if (event != null && event.shouldCommit()) {
            runner.commit(event, me, flight.index(), attempt, error);
        }
        long nanos = busy(remote, now - lastNanos);
        lastNanos = now;
        measuredNanos += nanos;
        measured++;
        if (error != null) {
            error = Deaths.ofItem(me, error, call, flight.index(), attempt);
        }
        conclude(me, flight, value, error, nanos);
        if (error != null && remote.pending() == 0 && !remote.isAlive()) {
            giveBackUnsent();
        }
        return true;
    }

    /// Gives everything back, as the worker has died, or is about to, and has begun nothing of it.
    private void giveBackUnsent() {
        returned.addAll(flights);
        flights.clear();
        giveBackReturned();
        Chunk rest = source;
        source = null;
        if (rest != null && call.signal != Call.STOP) {
            call.giveBack(rest);
        }
    }

    private void conclude(
            WorkerContext me, Flight flight, @Nullable Object value, @Nullable Throwable error, long nanos) {
        Chunk chunk = flight.chunk();
        if (!isTriedAgain(chunk, error)) {
            runner.settle(
                    me, chunk.first, chunk.item(chunk.first), chunk.past, new Runner.Attempt(value, error, nanos));
        }
    }

    /// Gives an item back that has failed, if it may be tried again.
    private boolean isTriedAgain(Chunk chunk, @Nullable Throwable error) {
        if (!(error instanceof Exception) || chunk.attempt() > call.options.retries()) {
            return false;
        }
        call.tryAgain(chunk.again(chunk.first, Past.and(chunk.past, error)));
        return true;
    }

    // ---- taking back

    private void takeBackIfWanted(Remote remote) {
        int signal = call.signal;
        if (signal == Call.RUN || takenBack) {
            return;
        }
        if (signal == Call.STOP) {
            remote.skip();
            takenBack = true;
            source = null;
        } else {
            call.signal(Call.HUNGRY, Call.RUN);
            double mean = call.sizer.expectedNanos();
            Chunk rest = source;
            if (rest != null && rest.size() >= 2 && mean * rest.size() > WORTH_SPLITTING_NANOS) {
                call.giveBack(rest.split(rest.first + rest.size() / 2));
            } else if (flights.size() > 2 && mean * flights.size() > WORTH_SPLITTING_NANOS) {
                remote.skip();
                takenBack = true;
            }
        }
    }

    /// Gives back what came back, in two parts, as two may want it.
    private void giveBackReturned() {
        takenBack = false;
        if (call.signal != Call.STOP) {
            for (Flight flight : returned) {
                call.giveBack(flight.chunk().head());
            }
        }
        returned.clear();
    }

    // ---- lending

    /// Lets others take what the worker has not begun, as this thread is going to wait for an answer.
    ///
    /// @param chunk what runs together; `null` for the flights
    /// @param from the first position of it that is not answered
    /// @param last the last position of it that was sent
    private synchronized void expose(Remote remote, @Nullable Chunk chunk, long from, long last) {
        exposed = remote;
        exposedSince = dispatcher.time.nanos();
        together = chunk;
        togetherFrom = from;
        toPosition = last - remote.lastSent();
        dispatcher.keepWatch();
    }

    /// {@return whether something was lent}
    private synchronized boolean conceal() {
        boolean result = lent;
        exposed = null;
        together = null;
        lent = false;
        return result;
    }

    /// {@return whether something may be there to lend, now or soon}
    synchronized boolean isExposed() {
        return exposed != null;
    }

    /// Takes what the worker has not begun, if it has not answered for a while. For any thread.
    ///
    /// @param nanos how long it must have had for its answer
    /// @return what others can run
    synchronized List<Chunk> lend(long nanos) {
        Remote remote = exposed;
        if (remote == null || lent || dispatcher.time.nanos() - exposedSince < nanos) {
            return List.of();
        }
        Chunk chunk = together;
        return chunk == null ? lendFlights(remote) : lendRest(remote, chunk);
    }

    private List<Chunk> lendRest(Remote remote, Chunk chunk) {
        int begun = remote.takeBack(remote.lastSent());
        long at = Math.max(togetherFrom, toPosition + begun) + 1;
        if (begun < 0 || at >= chunk.end) {
            return List.of();
        }
        lent = true;
        return List.of(chunk.split(at));
    }

    private List<Chunk> lendFlights(Remote remote) {
        List<Chunk> result = new ArrayList<>();
        int begun = flights.size() > 1 ? remote.takeBack(remote.lastSent()) : -1;
        while (begun >= 0 && flights.size() > 1 && flights.getLast().number() > begun) {
            result.addFirst(flights.removeLast().chunk().head());
        }
        Chunk rest = source;
        if (rest != null) {
            result.add(rest);
            source = null;
        }
        lent = !result.isEmpty();
        return result;
    }

    /// Gives back all but the first, which was given up on. For the one who did.
    ///
    /// @param me the worker, which was killed
    synchronized void giveBackRest(WorkerContext me) {
        exposed = null;
        int begun = me.lastBegun();
        boolean first = true;
        for (Flight flight : flights) {
            if (first) {
                first = false;
            } else if (flight.number() <= begun) {
                Chunk chunk = flight.chunk();
                WorkerDiedException collateral = collateral(me);
                if (!isTriedAgain(chunk, collateral)) {
                    runner.settle(me, chunk.first, chunk.item(chunk.first), chunk.past, collateral);
                }
            } else {
                returned.add(flight);
            }
        }
        flights.clear();
        giveBackUnsent();
    }

    private static WorkerDiedException collateral(WorkerContext me) {
        return new WorkerDiedException(
                me.name() + " was killed because of the item before this one, just after it had begun this one",
                me.name(),
                0,
                -1,
                "KILLED",
                Duration.ZERO,
                List.of());
    }

    // ---- measuring

    private void measure() {
        if (measured > 0) {
            call.sizer.learn(measured, measuredNanos);
        }
        measured = 0;
        measuredNanos = 0;
    }

    /// {@return how long the worker was busy, as it says; if it does not, what has passed here: with the way there and
    /// back, and with what it took to wake up} The latter too where there is a time limit: a worker that is killed
    /// because its answer cannot be read in time has begun the next item, if that was sent ahead, and so that should
    /// not be done sooner than it has to be.
    private long busy(Remote remote, long passed) {
        long said = remote.takeBusyNanos();
        boolean limited = call.options.timeout() != null || call.options.stall() != null;
        return said > 0 && !limited ? Math.min(said, passed) : passed;
    }
}
