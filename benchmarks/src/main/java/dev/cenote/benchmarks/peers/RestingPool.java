// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.Range;
import java.io.IOException;

/// The main of a JVM with a pool that has done something and has nothing more to do.
final class RestingPool {

    private RestingPool() {}

    /// Prints the process ids of this process and the workers, and waits for the end of standard input.
    ///
    /// @param args whose pool, and how many workers
    /// @throws Exception if the pool fails
    @SuppressWarnings("SystemOut") // read by the process that started this one
    public static void main(String[] args) throws Exception {
        int workers = Integer.parseInt(args[1]);
        try (Engine pool =
                args[0].equals("cenote") ? Engines.Cenote.of("processes", workers) : new Engines.Pp4j(workers)) {
            pool.map(Range.of(0, 1_000), x -> x * x, 0);
            StringBuilder line = new StringBuilder();
            line.append(ProcessHandle.current().pid());
            ProcessHandle.current()
                    .children()
                    .forEach(worker -> line.append(' ').append(worker.pid()));
            System.out.println(line);
            while (System.in.read() >= 0) {}
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
