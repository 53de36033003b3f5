// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A program that has a pool, for tests of what depends on how a JVM was started. Starts one worker with the arguments
/// it was given and prints what that says and how it ends.
final class OuterMain {

    private OuterMain() {}

    public static void main(String[] args) throws Exception {
        Settings settings = new Settings(ChildMain.class.getName(), 1, null, List.of(), Map.of(), directory(), null);
        Launcher launcher = new Launcher(WorkerCommand.of(settings));
        System.out.println("folder " + launcher.folder());
        System.out.println("own " + JvmOptions.own().equals(JvmOptions.fromBean()));
        Child child = launcher.start(
                "inner", List.of(args).subList(1, args.length), line -> System.out.println(line.tagged()));
        System.out.println("pid " + child.pid());
        if (args[0].equals("wait")) {
            System.out.println(child.death().get(20, TimeUnit.SECONDS).text());
            launcher.close();
        } else if (args[0].equals("exit")) {
            ChildMain.awaitEndOfInput();
            System.exit(0);
        }
    }

    private static Path directory() {
        String directory = System.getProperty("test.directory");
        return directory == null ? null : Path.of(directory);
    }
}
