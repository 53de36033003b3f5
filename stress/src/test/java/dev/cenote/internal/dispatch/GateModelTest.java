// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The gate of a pool between three threads; see `GateStress` for two.
@NullMarked
class GateModelTest {

    @Test
    void twoUnitsAndShutdown_thePoolEnds() {
        Model.check(50, () -> {
            Dispatcher dispatcher = Model.shared(Scene.dispatcher(1, true));
            Model.inParallel(() -> comeAndGo(dispatcher), () -> comeAndGo(dispatcher), dispatcher::shutdown);
            Model.require(dispatcher.isTerminated(), "it has ended");
        });
    }

    @Test
    void reopenedCallAndShutdown_thePoolEndsAfterIt() {
        Model.check(50, () -> {
            Dispatcher dispatcher = Model.shared(Scene.dispatcher(1, true));
            boolean[] open = new boolean[1];
            Model.inParallel(() -> open[0] = dispatcher.tryReopen(), () -> comeAndGo(dispatcher), dispatcher::shutdown);
            Model.require(dispatcher.isTerminated() == !open[0], "it has ended unless a call is open");
            if (open[0]) {
                dispatcher.closeCall();
            }
            Model.require(dispatcher.isTerminated(), "it has ended");
        });
    }

    private static void comeAndGo(Dispatcher dispatcher) {
        try {
            dispatcher.openUnit();
        } catch (RejectedExecutionException e) {
            return;
        }
        dispatcher.closeUnit();
    }
}
