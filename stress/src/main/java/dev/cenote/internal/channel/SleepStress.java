// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;

/// How a sleeper of a ring is woken, on the real memory accesses: who goes to sleep has seen what was published before,
/// or is rung for.
@NullMarked
public final class SleepStress {

    private SleepStress() {}

    /// Counts rings; nobody waits.
    static final class Counter implements Doorbell.Bell {

        private int rings;

        @Override
        public void ring() {
            rings++;
        }

        @Override
        public int hear() {
            return 0;
        }

        @Override
        public int listen() {
            throw new AssertionError();
        }

        @Override
        public void listen(long nanos) {
            throw new AssertionError();
        }
    }

    /// Never spins.
    static final class NoSpinning implements Spin.Gate {

        @Override
        public boolean enter() {
            return false;
        }

        @Override
        public void exit() {}
    }

    /// The cells of a ring, and its two ends.
    public static class Ring {

        final SharedFile shared =
                new SharedFile(Arena.ofAuto(), MemorySegment.ofBuffer(ByteBuffer.allocateDirect(1024)), 1);

        final Counter bell = new Counter();

        final Doorbell writer = new Doorbell(shared, 0, false, bell, new Spin(new NoSpinning()));
        final Doorbell reader = new Doorbell(shared, 0, true, new Counter(), new Spin(new NoSpinning()));

        void publish(long position) {
            try {
                writer.publish(position);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// The reader goes to sleep while the writer publishes what it waits for.
    @JCStressTest
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "the reader has seen it; nobody rang")
    @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "the reader has seen it; a ring in vain")
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "the reader sleeps and is rung for")
    @Outcome(id = "true, 0", expect = FORBIDDEN, desc = "a lost wake-up")
    @State
    public static class FallingAsleep extends Ring {

        /// Announces and looks.
        @Actor
        public void reader(ZI_Result r) {
            r.r1 = reader.announce(1) < 1;
        }

        /// Publishes.
        @Actor
        public void writer() {
            publish(1);
        }

        /// How often the bell rang.
        @Arbiter
        public void after(ZI_Result r) {
            r.r2 = bell.rings;
        }
    }

    /// The writer publishes in two steps, of which only the second is what the reader waits for.
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the reader sleeps, and is rung for once")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the reader sleeps with the first step seen")
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "the reader has seen all; nobody rang")
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "the reader has seen all; a ring in vain")
    @State
    public static class TwoSteps extends Ring {

        /// Announces and looks.
        @Actor
        public void reader(II_Result r) {
            r.r1 = (int) reader.announce(2);
        }

        /// Publishes twice.
        @Actor
        public void writer() {
            publish(1);
            publish(2);
        }

        /// How often the bell rang.
        @Arbiter
        public void after(II_Result r) {
            r.r2 = bell.rings;
        }
    }

    /// What was written before it was published is seen by who sees it published.
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not published yet")
    @Outcome(id = "0, 7", expect = ACCEPTABLE, desc = "not published yet, the byte is there already")
    @Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "published and seen")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "published, but an old byte is read")
    @State
    public static class Publication extends Ring {

        /// Reads.
        @Actor
        public void reader(II_Result r) {
            byte[] bytes = new byte[1];
            r.r1 = (int) reader.look();
            shared.copyOut(1000, bytes, 0, 1);
            r.r2 = bytes[0];
        }

        /// Writes.
        @Actor
        public void writer() {
            shared.copyIn(1000, new byte[] {7}, 0, 1);
            publish(1);
        }
    }
}
