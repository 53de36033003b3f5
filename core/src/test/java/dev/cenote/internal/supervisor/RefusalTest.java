// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.BrokenPoolException;
import dev.cenote.Func;
import dev.cenote.NotShippableException;
import dev.cenote.Pool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a user is told when a pool cannot do what it is asked for.
@Timeout(60)
class RefusalTest {

    @Test
    void functionThatIsNoLambda_isCalledTheTask() {
        try (Pool pool = Pool.processes(1)) {
            Func<Integer, Integer> anonymous = new Func<>() {
                @Override
                public Integer apply(Integer n) {
                    return n;
                }
            };
            assertThatThrownBy(() -> pool.map(List.of(1), anonymous))
                    .isInstanceOf(NotShippableException.class)
                    .hasMessageStartingWith("cannot send the task out of this process: " + RefusalTest.class.getName());
        }
    }

    @Test
    void plainCallable_isToBeAJob() {
        Callable<Integer> plain = () -> 1;
        try (Pool pool = Pool.processes(1)) {
            assertThatThrownBy(() -> pool.submit(plain))
                    .isInstanceOf(NotShippableException.class)
                    .hasMessageStartingWith("cannot send the task")
                    .hasMessageContaining(
                            "declare its variable as dev.cenote.Job instead of java.util.concurrent.Callable");
        }
    }

    @Test
    void startThatTakesTooLong_isExplainedByTheLimit() {
        try (Pool pool = Pool.processes(c -> c.name("p").startTimeout(Duration.ofMillis(1)))) {
            assertThatThrownBy(() -> pool.map(List.of(1), n -> n))
                    .isInstanceOf(BrokenPoolException.class)
                    .hasMessageMatching("pool \"p\" is broken: no worker could be started:"
                            + " pool \"p\": worker p-\\d+ did not start: the worker did not connect within 1 ms");
        }
    }
}
