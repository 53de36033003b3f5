// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whether the soak would notice what it is there to find.
class ReckoningTest {

    private final Reckoning reckoning = new Reckoning("a call", 3);

    @TempDir
    private Path folder;

    private Path ledger;

    @BeforeEach
    void twoOfThreeHaveRun() throws IOException {
        ledger = folder.resolve("ledger");
        Ledger.note(ledger.toString(), 0);
        Ledger.note(ledger.toString(), 1);
    }

    @Test
    void oneEndEach_isRight() {
        reckoning.result(0);
        reckoning.failure(1);
        reckoning.failure(2);

        assertThatCode(() -> reckoning.check(ledger, 1)).doesNotThrowAnyException();
    }

    @Test
    void lostItem_isFound() {
        reckoning.result(0);
        reckoning.failure(2);

        assertThatThrownBy(() -> reckoning.check(ledger, 1))
                .isInstanceOf(AssertionError.class)
                .hasMessage("a call: item 1 has no end");
    }

    @Test
    void secondEnd_isFound() {
        reckoning.result(0);

        assertThatThrownBy(() -> reckoning.failure(0)).hasMessage("a call: item 0 has 2 ends");
    }

    @Test
    void endOfAnItemThatIsNone_isFound() {
        assertThatThrownBy(() -> reckoning.result(3)).hasMessage("a call: there is no item 3 of 3");
    }

    @Test
    void resultOfWhatHasNotRun_isFound() {
        reckoning.result(2);

        assertThatThrownBy(() -> reckoning.checkRuns(ledger, 1))
                .hasMessage("a call: item 2 has a result and has not run");
    }

    @Test
    void secondRun_isFound_unlessItIsARetry() throws IOException {
        Ledger.note(ledger.toString(), 1);

        assertThatThrownBy(() -> reckoning.checkRuns(ledger, 1))
                .hasMessage("a call: item 1 has begun 2 times, where 1 are allowed");
        assertThatCode(() -> reckoning.checkRuns(ledger, 2)).doesNotThrowAnyException();
    }
}
