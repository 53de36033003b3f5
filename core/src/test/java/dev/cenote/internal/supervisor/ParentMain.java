// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import dev.cenote.ChildProcess;
import dev.cenote.Pool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A program that leaves everything open: a pool of two, of which one is busy for ever, the shared pool, a child
/// process, and in workers a pool of their own and a program that they have started. Prints the ids of all its
/// processes in a line, and then ends, or waits for its end.
final class ParentMain {

    /// How many there are.
    static final int PROCESSES = 6;

    private ParentMain() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Pool pool = Pool.processes(2);
        List<Long> pids = new ArrayList<>(Meeting.of(pool, 2, folder));
        pids.add(Pool.shared().submit(() -> ProcessHandle.current().pid()).join());
        pids.addAll(pool.submit(ParentMain::nested).join());
        ChildProcess<?> child = ChildProcess.start(ParentMain::sleep, c -> c.daemon(true));
        pids.add(child.pid());
        var _ = pool.submit(ParentMain::sleep);
        System.out.println(String.join(" ", pids.stream().map(String::valueOf).toList()));
        switch (arguments[1]) {
            case "return" -> {}
            case "exit" -> System.exit(5);
            default -> sleep();
        }
    }

    /// Leaves a pool open in a worker, and a program running.
    private static List<Long> nested() throws IOException {
        Pool inner = Pool.processes(1);
        Process program = new ProcessBuilder("sleep", "1000").start();
        return List.of(inner.submit(() -> ProcessHandle.current().pid()).join(), program.pid());
    }

    private static void sleep() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE); // subject: a task that never ends
    }
}
