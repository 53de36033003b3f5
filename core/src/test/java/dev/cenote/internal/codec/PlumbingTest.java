// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Which frames count as the way by which a worker has come to its task.
class PlumbingTest {

    @Test
    void stackWithoutTheMainOfAWorker_isNotCut() {
        assertThat(Plumbing.begins(stack("a.B", "dev.cenote.internal.worker.TaskLoop")))
                .isEqualTo(2);
        assertThat(Plumbing.begins(new StackTraceElement[0])).isZero();
    }

    @Test
    void generatedClassOfALambda_isPlumbing() {
        assertThat(Plumbing.begins(
                        stack("a.B", "a.B$$Lambda/0x000000001204b2a8", "dev.cenote.internal.worker.WorkerMain")))
                .isOne();
    }

    @Test
    void framesOfTheLibraryAboveTheTask_stay() {
        String main = "dev.cenote.internal.worker.WorkerMain";
        assertThat(Plumbing.begins(stack(
                        "dev.cenote.internal.Text",
                        "a.B",
                        "java.lang.ScopedValue$Carrier",
                        "dev.cenote.internal.worker.TaskLoop",
                        main)))
                .isEqualTo(2);
        assertThat(Plumbing.begins(stack("dev.cenote.internal.Text", main))).isEqualTo(2);
    }

    private static StackTraceElement[] stack(String... classes) {
        return Stream.of(classes)
                .map(name -> new StackTraceElement(name, "m", null, -1))
                .toArray(StackTraceElement[]::new);
    }
}
