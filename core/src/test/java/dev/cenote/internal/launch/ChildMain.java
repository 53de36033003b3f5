// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the workers of these tests run: the second argument says how they behave.
final class ChildMain {

    private ChildMain() {}

    public static void main(String[] args) throws Exception {
        if (Boolean.getBoolean(Settings.TRAINING_PROPERTY)) {
            return;
        }
        switch (args[1]) {
            case "return" -> {}
            case "throw" -> throw new IllegalStateException("on purpose");
            case "exit" -> System.exit(Integer.parseInt(args[2]));
            case "halt" -> Runtime.getRuntime().halt(Integer.parseInt(args[2]));
            case "oom" -> oom();
            case "wait" -> awaitEndOfInput();
            case "wait quietly" -> awaitForEver();
            case "tell" -> tell(args);
            case "print" -> print(args);
            case "stuck" -> {
                Runtime.getRuntime().addShutdownHook(new Thread(ChildMain::awaitForEver));
                System.out.println("ready");
                System.exit(0);
            }
            case "grandchild" -> grandchild();
            case "temporary" -> {
                Path file = Files.createTempFile("left", "behind");
                Files.createDirectories(file.resolveSibling("a/b/c"));
                System.out.println(file);
            }
            default -> throw new IllegalArgumentException(args[1]);
        }
    }

    private static void oom() {
        try {
            List<byte[]> kept = new ArrayList<>();
            while (kept.size() < Integer.MAX_VALUE) {
                kept.add(new byte[1 << 20]);
            }
        } catch (OutOfMemoryError e) {
            Runtime.getRuntime().halt(ExitCode.OUT_OF_MEMORY);
        }
    }

    static void awaitEndOfInput() throws IOException {
        System.out.println("ready");
        while (System.in.read() >= 0) {}
    }

    private static void awaitForEver() {
        while (true) {
            java.util.concurrent.locks.LockSupport.park();
        }
    }

    private static void tell(String[] args) {
        for (int i = 2; i < args.length; i++) {
            String what = args[i];
            System.out.println(what + "="
                    + switch (what) {
                        case "options" ->
                            String.join(
                                    "|", ManagementFactory.getRuntimeMXBean().getInputArguments());
                        case "maxHeap" -> Runtime.getRuntime().maxMemory() >> 20;
                        case "cpus" -> Runtime.getRuntime().availableProcessors();
                        case "collectors" ->
                            ManagementFactory.getGarbageCollectorMXBeans()
                                    .getFirst()
                                    .getName();
                        case "directory" -> Path.of("").toAbsolutePath();
                        default -> what.startsWith("$") ? System.getenv(what.substring(1)) : System.getProperty(what);
                    });
        }
    }

    private static void print(String[] args) throws IOException {
        switch (args[2]) {
            case "much" -> System.err.print("0123456789012345678901234567890123456789\n".repeat(5_000));
            case "long" -> System.out.print("x".repeat(100_000));
            case "count" -> {
                for (int i = 0; i < Integer.parseInt(args[3]); i++) {
                    System.out.println("line " + i);
                }
            }
            case "bytes" -> {
                System.out.write(new byte[] {'a', (byte) 0xe4, '\n'});
                System.out.println("\u00e4\u4e16");
                System.out.flush();
            }
            default -> {
                System.out.println("to out");
                System.err.println("to err");
                System.out.print("not ended");
            }
        }
    }

    /// Starts a process that inherits the pipes and lives on.
    private static void grandchild() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildMain.class.getName(),
                        "grandchild",
                        "wait quietly")
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        System.out.println("grandchild " + process.pid());
        if (System.in.read() < 0) {
            Runtime.getRuntime().halt(0);
        }
        process.waitFor();
    }
}
