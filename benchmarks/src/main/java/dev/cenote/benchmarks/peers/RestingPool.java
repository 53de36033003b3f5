// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.Pool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The main of a JVM with a pool that has done something and has nothing more to do.
final class RestingPool {

    private RestingPool() {}

    /// Prints the process ids of this process and the workers, and waits for the end of standard input.
    ///
    /// @param args nothing
    /// @throws IOException if standard input cannot be read
    @SuppressWarnings("SystemOut") // read by the process that started this one
    public static void main(String[] args) throws IOException {
        List<Integer> items = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            items.add(i);
        }
        try (Pool pool = Pool.processes(2)) {
            pool.map(items, x -> x * x);
            StringBuilder line = new StringBuilder();
            line.append(ProcessHandle.current().pid());
            ProcessHandle.current()
                    .children()
                    .forEach(worker -> line.append(' ').append(worker.pid()));
            System.out.println(line);
            while (System.in.read() >= 0) {}
        }
    }
}
