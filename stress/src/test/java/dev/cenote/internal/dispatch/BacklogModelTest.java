// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// Those who wait to submit a job, and those who let them.
@NullMarked
class BacklogModelTest {

    private static final int ORDERS = 100;

    private static void enter(Backlog backlog) {
        try {
            backlog.enter(1);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void twoWhoWait_bothEnter() {
        Model.check(ORDERS, () -> {
            Backlog backlog = Model.shared(new Backlog(1, 0));
            Model.inParallel(
                    () -> {
                        enter(backlog);
                        backlog.leave(1);
                    },
                    () -> {
                        enter(backlog);
                        backlog.leave(1);
                    });
            Model.require(backlog.tryEnter(1), "there is room");
            Model.require(!backlog.tryEnter(1), "for one");
        });
    }

    @Test
    void shut_wakesWhoWaits() {
        Model.check(ORDERS, () -> {
            Backlog backlog = Model.shared(new Backlog(1, 0));
            Model.require(backlog.tryEnter(1), "there is room");
            Model.inParallel(() -> enter(backlog), backlog::shut);
        });
    }
}
