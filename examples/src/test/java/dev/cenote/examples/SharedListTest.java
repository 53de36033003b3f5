// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import dev.cenote.Range;
import dev.cenote.examples.SharedList.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SharedListTest {

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual"})
    void fill_leavesEachEntryOnce(String engine) {
        List<Entry> list = Collections.synchronizedList(new ArrayList<>());
        try (Pool pool = Pool.of(engine)) {
            SharedList.fill(pool, 20, list);
        }
        assertThat(list).extracting(Entry::number).containsExactlyInAnyOrderElementsOf(Range.of(0, 20));
    }

    @Test
    void fill_namesTheWorkers() {
        ConcurrentLinkedQueue<Entry> queue = new ConcurrentLinkedQueue<>();
        try (Pool pool = Pool.threads(c -> c.workers(2).name("filling"))) {
            SharedList.fill(pool, 20, queue);
        }
        assertThat(queue).hasSize(20).extracting(Entry::worker).isSubsetOf("filling-1", "filling-2");
    }

    @Test
    void fill_onProcesses_leavesTheListHereEmpty() {
        List<Entry> list = Collections.synchronizedList(new ArrayList<>());
        try (Pool pool = Pool.processes(2)) {
            SharedList.fill(pool, 6, list);
        }
        assertThat(list).isEmpty();
    }

    @Test
    void fill_onProcesses_fillsAListThatThePoolShares() {
        try (Pool pool = Pool.processes(2)) {
            List<Entry> list = pool.share(List.class, new ArrayList<>());
            SharedList.fill(pool, 6, list);
            assertThat(list).extracting(Entry::number).containsExactlyInAnyOrderElementsOf(Range.of(0, 6));
        }
    }

    @Test
    void program_printsEachListInFull() throws Exception {
        List<String> lines = Program.run(SharedList.class, "6");
        assertThat(lines).hasSize(6 + 5 * 6);
        assertThat(lines.get(0)).matches("synchronized list, 4 threads: 6 entries from [1-4] workers");
        assertThat(lines.get(7)).matches("concurrent queue, 4 threads: 6 entries from [1-4] workers");
        assertThat(lines.get(14)).matches("no shared list: map returns it: 6 entries from [1-4] workers");
        assertThat(lines.get(15)).startsWith("    0 from threads-");
        assertThat(lines.get(20)).startsWith("    5 from threads-");
        assertThat(lines.get(21)).isEqualTo("synchronized list, 2 processes: 0 entries from 0 workers");
        assertThat(lines.get(22)).matches("list shared by the pool, 2 processes: 6 entries from [12] workers");
        assertThat(lines.get(29)).matches("map returns it, 2 processes: 6 entries from [12] workers");
        assertThat(lines.get(35)).startsWith("    5 from processes-");
    }
}
