// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A program that has a pool, for tests of what depends on how its JVM was started. Starts one worker with the
/// arguments that it was given, prints what that prints, and waits for its end or for the end of its own input.
final class OuterMain {

    private OuterMain() {}

    public static void main(String[] args) throws Exception {
        String directory = System.getProperty("test.directory");
        Settings settings = new Settings(
                ChildMain.class.getName(),
                1,
                null,
                List.of(),
                Map.of(),
                directory == null ? null : Path.of(directory),
                null);
        System.out.println("own options as the bean says: "
                + JvmOptions.inherited(JvmOptions.own()).equals(JvmOptions.inherited(JvmOptions.fromBean())));
        Launcher launcher = new Launcher(WorkerCommand.of(settings));
        System.out.println("folder " + launcher.folder());
        Child child = launcher.start("inner", List.of(args), line -> System.out.println(line.text()));
        System.out.println("pid " + child.pid());
        if (args[0].startsWith("wait")) {
            ChildMain.awaitEndOfInput();
            System.exit(0);
        }
        System.out.println(child.death().get(20, TimeUnit.SECONDS).text());
        launcher.close();
    }
}
