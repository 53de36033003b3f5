// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The options of the JVM that runs this code, and which of them a worker gets.
///
/// # What is inherited
///
/// Options are inherited by a list of those that may be, never by a list of those that may not. A worker must see the
/// same classes with the same rights, so system properties, module options, `--enable-preview` and assertions go
/// along. All else stays: agents and debuggers (a second one on the same port does not start), management ports, heap
/// and collector (made for one process), log, dump and recording files (several writers).
///
/// # Where they are read from
///
/// `RuntimeMXBean.getInputArguments` tells all of it, also what came through `JAVA_TOOL_OPTIONS` and argument files,
/// and takes 10 to 30 ms the first time: longer than anything else that a pool does before its first worker starts.
/// So the command line is read from `/proc` first, which takes less than one. That is only right when every option is
/// on it; where anything hints at more (a variable, an argument file, an option that is not known here) or there is no
/// `/proc`, the bean is asked. A test holds the two against each other.
///
/// Read once; immutable, for any thread.
final class JvmOptions {

    /// The variables from which a JVM takes options; what they say is in the options that we pass on.
    static final List<String> VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private static final List<String> INHERITED = List.of(
            "--add-opens=",
            "--add-exports=",
            "--add-reads=",
            "--add-modules=",
            "--patch-module=",
            "--limit-modules=",
            "--upgrade-module-path=",
            "--module-path=",
            "--enable-native-access=",
            "--illegal-",
            "--sun-misc-unsafe-memory-access=",
            "--enable-final-field-mutation=",
            "-ea:",
            "-da:",
            "-enableassertions:",
            "-disableassertions:");

    private static final List<String> INHERITED_WORDS = List.of(
            "--enable-preview",
            "-ea",
            "-da",
            "-enableassertions",
            "-disableassertions",
            "-esa",
            "-dsa",
            "-enablesystemassertions",
            "-disablesystemassertions");

    /// Properties that describe this process and not its program, or that we set for the worker.
    private static final List<String> OWN_PROPERTIES = List.of(
            "com.sun.management",
            "java.rmi.",
            "jdk.serialFilter", // the filter of this process is for what comes in here
            "jdk.module.",
            "jdk.internal.javac.source",
            "jdk.console=", // a worker has no terminal
            "stdin.encoding=",
            "java.class.path",
            "java.home=",
            "java.io.tmpdir=",
            "sun.java.command",
            "sun.java.launcher",
            "stdout.encoding=", // of the terminal of this process; a worker writes to us
            "stderr.encoding=");

    /// Options of the launcher whose value is the next argument.
    private static final List<String> WITH_VALUE = List.of(
            "--add-opens",
            "--add-exports",
            "--add-reads",
            "--add-modules",
            "--patch-module",
            "--limit-modules",
            "--upgrade-module-path",
            "--module-path",
            "--enable-native-access",
            "--class-path",
            "--source");

    private static @Nullable List<String> own;

    private JvmOptions() {}

    /// {@return the options of this JVM, in the form `--name=value`}
    static synchronized List<String> own() {
        List<String> known = own;
        if (known == null) {
            known = fromCommandLine(
                    System.getenv(VARIABLES.get(0)) != null
                                    || System.getenv(VARIABLES.get(1)) != null
                                    || System.getenv(VARIABLES.get(2)) != null
                                    || !"SUN_STANDARD".equals(System.getProperty("sun.java.launcher"))
                            ? null
                            : commandLine());
            if (known == null) {
                known = fromBean();
            }
            own = known;
        }
        return known;
    }

    static List<String> fromBean() {
        return List.copyOf(ManagementFactory.getRuntimeMXBean().getInputArguments());
    }

    /// {@return the command line of this process; `null` if this platform does not tell}
    static @Nullable List<String> commandLine() {
        try {
            String text = new String(Files.readAllBytes(Path.of("/proc/self/cmdline")), nativeCharset());
            List<String> arguments = new ArrayList<>();
            int from = 0;
            for (int end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0', from)) {
                arguments.add(text.substring(from, end));
                from = end + 1;
            }
            return arguments;
        } catch (IOException | SecurityException e) {
            return null;
        }
    }

    /// Takes the options from a command line as the launcher does.
    ///
    /// @param arguments the command line from the program's name on, if it is known
    /// @return the options; `null` if the command line does not tell all
    static @Nullable List<String> fromCommandLine(@Nullable List<String> arguments) {
        if (arguments == null || arguments.isEmpty()) {
            return null;
        }
        List<String> options = new ArrayList<>();
        int i = 1;
        while (i < arguments.size()) {
            String argument = arguments.get(i++);
            if (!argument.startsWith("-")) {
                // an argument file may hold options, else it is the main class or a source file
                return argument.startsWith("@") ? null : options;
            }
            switch (argument) {
                case "-jar", "-m", "--module" -> {
                    return options;
                }
                case "-cp", "-classpath" -> i++;
                case "-p" -> options.add("--module-path=" + next(arguments, i++));
                default -> {
                    if (WITH_VALUE.contains(argument)) {
                        options.add(argument + "=" + next(arguments, i++));
                    } else if (argument.startsWith("-XX:Flags=")
                            || argument.startsWith("-XX:VMOptionsFile=")
                            || (argument.startsWith("--") && argument.indexOf('=') < 0 && !isWord(argument))) {
                        return null; // a file with more options, or an option of which we do not know if a value
                        // follows
                    } else if (argument.startsWith("--module=")) {
                        return options;
                    } else {
                        options.add(argument);
                    }
                }
            }
        }
        return null; // no main class: not started by the usual launcher
    }

    private static boolean isWord(String argument) {
        return argument.equals("--enable-preview");
    }

    private static String next(List<String> arguments, int at) {
        return at < arguments.size() ? arguments.get(at) : "";
    }

    /// {@return those options that a worker gets, with absolute paths}
    ///
    /// @param options options in the form `--name=value`
    static List<String> inherited(List<String> options) {
        List<String> result = new ArrayList<>();
        for (String option : options) {
            if (isInherited(option)) {
                result.add(absolute(option));
            }
        }
        return result;
    }

    private static boolean isInherited(String option) {
        if (option.startsWith("-D")) {
            return !startsWithOneOf(option.substring(2), OWN_PROPERTIES);
        }
        // a program from the class path has all default modules anyway, and naming them costs start-up time
        return INHERITED_WORDS.contains(option)
                || (startsWithOneOf(option, INHERITED) && !option.equals("--add-modules=ALL-DEFAULT"));
    }

    private static boolean startsWithOneOf(String text, List<String> beginnings) {
        for (String beginning : beginnings) {
            if (text.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    /// Relative paths would mean something else in another working directory.
    private static String absolute(String option) {
        int from = option.indexOf('=') + 1;
        if (option.startsWith("--patch-module=")) {
            from = option.indexOf('=', from) + 1;
        } else if (!option.startsWith("--module-path=") && !option.startsWith("--upgrade-module-path=")) {
            return option;
        }
        return option.substring(0, from) + absolutePaths(option.substring(from));
    }

    /// {@return a path list with absolute entries; an empty entry is the working directory}
    static String absolutePaths(String paths) {
        StringBuilder result = new StringBuilder();
        int from = 0;
        while (from <= paths.length()) {
            int end = paths.indexOf(File.pathSeparatorChar, from);
            end = end < 0 ? paths.length() : end;
            if (from > 0) {
                result.append(File.pathSeparatorChar);
            }
            // not a Path: that refuses what the charset of this process cannot say, with less to go by than ArgFile
            result.append(new File(paths.substring(from, end)).getAbsolutePath());
            from = end + 1;
        }
        return result.toString();
    }

    /// {@return the charset in which the launcher reads its command line and argument files}
    static Charset nativeCharset() {
        try {
            return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        } catch (IllegalArgumentException e) {
            return Charset.defaultCharset();
        }
    }
}
