// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import dev.cenote.examples.NativeCalls.Call;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NativeCallsTest {

    private static final long PID = ProcessHandle.current().pid();

    @Test
    void processId_isThatOfTheJvm() {
        assertThat(NativeCalls.processId()).isEqualTo((int) PID);
    }

    @Test
    void serial_oneCallAtATime() {
        List<Call> calls = sleepAll(Pool.serial(), 3, 5);
        assertThat(calls).hasSize(3).allMatch(call -> call.pid() == PID);
        assertThat(NativeCalls.mostAtATime(calls)).isEqualTo(1);
    }

    @Test
    void sleep_takesItsTime() {
        assertThat(sleepAll(Pool.serial(), 1, 5).getFirst())
                .matches(call -> call.end() - call.start() >= 4_900, "at least five milliseconds");
    }

    @Test
    void threads_callsOverlap() {
        List<Call> calls = sleepAll(Pool.threads(4), 8, 100);
        assertThat(calls).hasSize(8).allMatch(call -> call.pid() == PID);
        assertThat(NativeCalls.mostAtATime(calls)).isBetween(2, 4);
    }

    @Test
    void virtualThreads_noMoreCallsThanCarriers() {
        int carriers = Integer.getInteger(
                "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
        List<Call> calls = sleepAll(Pool.virtual(), carriers * 3, 20);
        assertThat(NativeCalls.mostAtATime(calls)).isBetween(1, carriers);
    }

    @Test
    void processes_callsAreMadeElsewhere() {
        List<Call> calls = sleepAll(Pool.processes(2), 6, 50);
        assertThat(calls).hasSize(6).noneMatch(call -> call.pid() == PID);
        assertThat(NativeCalls.mostAtATime(calls)).isBetween(1, 2);
    }

    @Test
    void mostAtATime_countsOverlaps() {
        Call early = new Call(0, 10, PID);
        Call middle = new Call(5, 15, PID);
        Call late = new Call(10, 20, PID); // begins when the early one ends
        Call allDay = new Call(0, 100, PID);
        assertThat(NativeCalls.mostAtATime(List.of())).isZero();
        assertThat(NativeCalls.mostAtATime(List.of(early, late))).isEqualTo(1);
        assertThat(NativeCalls.mostAtATime(List.of(late, middle, early))).isEqualTo(2);
        assertThat(NativeCalls.mostAtATime(List.of(early, middle, late, allDay)))
                .isEqualTo(3);
    }

    @Test
    void program_printsTheCheckForEachEngine() throws Exception {
        List<String> lines = Program.run(NativeCalls.class, "8", "100");
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).matches("8 calls that sleep 100 ms in native code, \\d+ CPUs, process \\d+");
        assertThat(lines.get(1)).startsWith("serial ").endsWith(" 1 calls at a time: one after the other");
        assertThat(lines.get(2)).matches("threads\\(4\\) .* in 1 process, [2-4] calls at a time: they overlapped");
        assertThat(lines.get(3)).startsWith("virtual ").contains(" in 1 process, ");
        assertThat(lines.get(4)).matches("processes\\(4\\) .* in [1-4] process(es)?, [1-4] calls at a time: .*");
    }

    private static List<Call> sleepAll(Pool pool, int calls, int millis) {
        try (pool) {
            return NativeCalls.sleepAll(pool, calls, millis);
        }
    }
}
