// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.internal.wire.Messages;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// What it costs a worker to be ready for its death at every item: it looks whether the item was taken back, says that
/// it begins it, and publishes the answer before the next one.
///
/// The real steps are measured by themselves, on a real channel, and held against the time that a worker takes for an
/// item that does next to nothing, with chunks as the pool chooses them; the rest of that is encoding, the ring, and
/// the item. The best of several rounds counts, as others use this machine too. `-Dstress.cost=true` starts it.
@NullMarked
class SupervisionCostTest {

    private static final int ROUNDS = 30;
    private static final int ITEMS = 1_000_000;
    private static final int BATCH = 64;

    /// An answer that is a small number: its length, kind and number, and the value.
    private static final byte[] ANSWER = new byte[11];

    @TempDir
    private Path folder;

    private interface Step {
        void take(int number) throws IOException;
    }

    @Test
    @EnabledIfSystemProperty(named = "stress.cost", matches = "true", disabledReason = "measures")
    void costOfEachItem_isTold() throws Exception {
        try (Listener listener = Listener.open(folder, ChannelOptions.defaults())) {
            ByteArrayOutputStream invitation = new ByteArrayOutputStream();
            listener.invite(invitation);
            FutureTask<Channel> connecting =
                    new FutureTask<>(() -> Connector.connect(new ByteArrayInputStream(invitation.toByteArray())));
            Thread.ofPlatform().daemon().start(connecting);
            try (Channel pool = listener.accept(
                            ProcessHandle.current().pid(), new CompletableFuture<>(), TimeUnit.SECONDS.toNanos(30));
                    Channel worker = connecting.get()) {
                assertThat(worker.hasWords()).isTrue();
                report(pool, worker);
            }
        }
    }

    private static void report(Channel pool, Channel worker) throws IOException {
        Step together = number -> answer(worker, number % BATCH == 0);
        Step published = number -> answer(worker, true);
        Begun account = new Begun(worker);
        Step begun = number -> {
            if (account.begin(number) != Begun.Leave.BEGUN) {
                throw new IOException("item " + number + " was not begun");
            }
            answer(worker, true);
        };
        double[] nanos = best(pool, List.of(together, published, begun));
        double whole = ofAnItem();
        System.out.printf(
                "an item of a worker takes %.0f ns; of these %.1f to begin it and %.1f to publish its answer alone"
                        + " and not with %d others: %.1f %%; of an item of 1 µs that is %.1f %%%n",
                whole,
                nanos[2] - nanos[1],
                nanos[1] - nanos[0],
                BATCH - 1,
                100 * (nanos[2] - nanos[0]) / whole,
                100 * (nanos[2] - nanos[0]) / (whole + 1_000));
    }

    private static void answer(Channel worker, boolean publish) throws IOException {
        worker.write(ANSWER, 0, ANSWER.length);
        if (publish) {
            worker.flush();
        }
    }

    /// {@return how long each step takes, at best; they take turns, so that they are compiled alike and meet the same
    /// machine}
    private static double[] best(Channel pool, List<Step> steps) throws IOException {
        double[] best = new double[steps.size()];
        Arrays.fill(best, Double.MAX_VALUE);
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < best.length; i++) {
                best[i] = Math.min(best[i], nanos(pool, steps.get(i)));
            }
        }
        return best;
    }

    /// {@return how long a step takes; the pool's side reads in between, which is not measured}
    private static double nanos(Channel pool, Step step) throws IOException {
        byte[] read = new byte[BATCH * ANSWER.length];
        pool.storeWord(Messages.BEGUN, 0);
        long spent = 0;
        for (int from = 1; from <= ITEMS; from += BATCH) {
            long start = System.nanoTime();
            for (int number = from; number < from + BATCH; number++) {
                step.take(number);
            }
            spent += System.nanoTime() - start;
            drain(pool, read);
        }
        return (double) spent / ITEMS;
    }

    private static void drain(Channel pool, byte[] read) throws IOException {
        while (pool.available() > 0) {
            int _ = pool.read(read, 0, read.length);
        }
    }

    private static double ofAnItem() {
        double best = Double.MAX_VALUE;
        try (Pool pool = Pool.processes(1)) {
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                List<Integer> results = pool.map(Range.of(0, ITEMS), n -> n + 1);
                best = Math.min(best, (double) (System.nanoTime() - start) / ITEMS);
                assertThat(results).hasSize(ITEMS);
            }
        }
        return best;
    }
}
