// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.WorkerDiedException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CrashCostsOneItemTest {

    @Test
    void crash_costsOneOfMany() {
        List<String> documents = List.of("a", "b", "exits", "c", "d", "e", "f", "g");
        try (Pool pool = Pool.processes(1)) {
            List<Outcome<String, Integer>> outcomes =
                    CrashCostsOneItem.parseAll(pool, documents, Duration.ofSeconds(30));

            assertThat(outcomes).extracting(Outcome::item).isEqualTo(documents);
            assertThat(outcomes)
                    .filteredOn(outcome -> outcome instanceof Outcome.Failure<?, ?>)
                    .singleElement()
                    .satisfies(outcome -> {
                        Throwable error = ((Outcome.Failure<String, Integer>) outcome).error();
                        assertThat(outcome.item()).isEqualTo("exits");
                        assertThat(error).isInstanceOfSatisfying(WorkerDiedException.class, died -> {
                            assertThat(died.exitCode()).isEqualTo(7);
                            assertThat(died.reason()).isEqualTo("EXIT");
                        });
                    });
            assertThat(pool.stats().restarts()).isEqualTo(1);
        }
    }

    @Test
    void program_printsWhatItsHeaderShows() throws Exception {
        String header = Files.readString(Program.SOURCES.resolve("CrashCostsOneItem.java"));
        List<String> lines = Program.run(CrashCostsOneItem.class);
        assertThat(lines).hasSize(7);
        assertThat(header).contains("/// " + String.join("\n/// ", lines) + "\n/// ```");
    }
}
