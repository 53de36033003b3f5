// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.WorkerDiedException;
import dev.cenote.internal.channel.Channel;
import dev.cenote.internal.wire.Messages;
import dev.cenote.internal.wire.WireWriter;
import java.lang.reflect.Field;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// A worker that writes nonsense into its channel, which a task does here by reflection: its own task fails, the worker
/// is replaced, and nothing is believed that was not checked.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorruptAnswersTest {

    private Pool pool = Pool.serial();

    @BeforeAll
    void open() {
        pool.close();
        pool = Pool.processes(1);
    }

    @AfterAll
    void close() {
        pool.close();
    }

    /// Writes into the channel of the worker in which it runs.
    private static void scribble(WireWriter nonsense) throws Exception {
        Channel channel = channel();
        channel.write(nonsense.array(), 0, nonsense.position());
        channel.flush();
    }

    private static Channel channel() throws Exception {
        Thread thread = Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals("cenote-control"))
                .findFirst()
                .orElseThrow();
        Object control = get(thread.getClass(), "this$0", thread);
        return (Channel) get(control.getClass(), "channel", control);
    }

    private static Object get(Class<?> type, String field, Object from) throws Exception {
        Field found = type.getDeclaredField(field);
        found.setAccessible(true);
        return found.get(from);
    }

    private static WireWriter frame(int kind, int number) {
        WireWriter out = new WireWriter(64);
        int begin = Messages.begin(out, kind);
        out.putInt(number);
        Messages.end(out, begin);
        return out;
    }

    private void assertKilledFor(String reason, WireWriter nonsense) {
        byte[] bytes = nonsense.toByteArray();
        long pid = pid();
        assertThatThrownBy(() -> pool.submit(() -> {
                            WireWriter copy = new WireWriter(bytes.length);
                            copy.putBytes(bytes, 0, bytes.length);
                            scribble(copy);
                            Thread.sleep(30_000); // subject: what is killed while it runs
                            return 1;
                        })
                        .join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(WorkerDiedException.class)
                .hasMessageContaining(reason);
        assertThat(pid()).as("the worker was replaced").isNotEqualTo(pid);
        assertThat(pool.map(Range.of(0, 5), n -> n * n)).containsExactly(0, 1, 4, 9, 16);
    }

    private long pid() {
        return pool.submit(() -> ProcessHandle.current().pid()).join();
    }

    @Test
    void frameOfAnImpossibleLength_isNotBelieved() {
        for (int length : new int[] {Integer.MAX_VALUE, -1, 0}) {
            WireWriter out = new WireWriter(8);
            out.putInt(length);
            assertKilledFor("a frame of " + (length & ~Messages.ATTACHED) + " bytes", out);
        }
    }

    @Test
    void frameThatDoesNotEnd_isGivenUp() {
        WireWriter out = new WireWriter(8);
        out.putInt(100_000);
        assertKilledFor("nothing for 10 s in the middle of a frame", out);
    }

    @Test
    void answerToSomethingElse_isNotTaken() {
        assertKilledFor("an answer to request 77", frame(Messages.VALUE, 77));
    }

    @Test
    void answerOfAnUnknownKind_isNotTaken() {
        for (int number = 1; number < 6; number++) { // one of them is the right one
            assertKilledFor("an answer", frame(99, number));
        }
    }

    @Test
    void noise_costsItsOwnTask() {
        Random random = new Random(20_261_121);
        for (int round = 0; round < 5; round++) {
            byte[] noise = new byte[64];
            random.nextBytes(noise);
            noise[3] = 0;
            noise[2] = 0;
            noise[1] = 0;
            noise[0] &= 0x1f; // a length that may be
            WireWriter out = new WireWriter(noise.length);
            out.putBytes(noise, 0, noise.length);
            assertKilledFor("", out);
        }
    }
}
