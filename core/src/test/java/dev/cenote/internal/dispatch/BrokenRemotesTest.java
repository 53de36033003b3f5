// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.BrokenPoolException;
import dev.cenote.Pool;
import dev.cenote.PoolConfig;
import dev.cenote.internal.engine.Engine;
import dev.cenote.internal.engine.Engines;
import dev.cenote.internal.remote.Remote;
import dev.cenote.internal.remote.StormException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What becomes of a pool whose workers outside this JVM cannot be started any more.
@Timeout(30)
class BrokenRemotesTest {

    private final IOException lastDeath = new IOException("the last death");

    /// Workers of which none can be started.
    private final class Stormy extends IdleRemotes {

        @Override
        public Remote place(String name, int id) {
            return (Remote) Proxy.newProxyInstance(
                    Remote.class.getClassLoader(), new Class<?>[] {Remote.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("start")) {
                            throw new StormException(20, lastDeath);
                        }
                        return switch (method.getName()) {
                            case "isAlive" -> false;
                            case "pending", "kill" -> 0;
                            default -> null;
                        };
                    });
        }
    }

    @Test
    void storm_failsPendingAndLaterCalls_withTheLastDeath() throws Exception {
        Engine threads = Engines.named("threads");
        Engine stormy = new Engine(
                "stormy", 1, 0, true, threads.threads(), (pool, config, workers, exitResults) -> new Stormy());
        Pool pool = DispatchingPool.open(stormy, PoolConfig.DEFAULT.name("p"), new FakeTime());
        CompletableFuture<Integer> job = pool.submit(() -> 1);

        assertThatThrownBy(job::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(BrokenPoolException.class)
                .hasMessageStartingWith(
                        "pool \"p\" is broken: 20 workers in a row have died before they had finished" + " anything: ")
                .hasCause(lastDeath);
        assertThatThrownBy(() -> pool.map(List.of(1), n -> n))
                .isInstanceOf(BrokenPoolException.class)
                .hasCause(lastDeath);
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.stats().workers()).isZero();
    }
}
