// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The `cenote` command.
@Command(
        name = "cenote",
        description = "Runs a Java expression for each line of a file or a pipe, on all CPUs.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {MapCommand.class, HelpCommand.class, GenerateCompletion.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  seq 5 | cenote map 'n -> Long.parseLong(n) * 2'",
            "  cenote map String::length words.txt",
            "  cenote map 'n * n' 0..1_000_000",
            "",
            "'cenote map --help' has more.",
        })
public final class Main implements Runnable {

    /// A negative range would look like an option to the parser, as does an option of the JVM.
    private static final Pattern NEGATIVE_RANGE = Pattern.compile("-\\d[\\d_]*\\.\\..*");

    /// How long the output may take to accept what is left when the process is told to stop.
    private static final Duration LAST_WRITE = Duration.ofMillis(500);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /// Runs the command and ends the process.
    ///
    /// @param args the arguments
    public static void main(String[] args) {
        Console console = new Console(new FileOutputStream(FileDescriptor.err), Terminal.detect());
        Output output = new Output(new FileOutputStream(FileDescriptor.out), console::hideBar);
        // what an expression prints takes the same way as its results, so that both notice a closed pipe
        System.setOut(new PrintStream(output.asStream(), false, StandardCharsets.UTF_8));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(output, console), "cenote-stop"));
        int code = run(args, new FileInputStream(FileDescriptor.in), output, console);
        System.exit(code);
    }

    /// Ctrl-C: whole lines that are ready are written, nothing is said, and nobody waits for tasks.
    private static void stop(Output output, Console console) {
        console.close();
        output.close(LAST_WRITE);
    }

    /// Runs the command.
    ///
    /// @param args the arguments
    /// @param stdin standard input
    /// @param output standard output
    /// @param console standard error
    /// @return the exit code
    static int run(String[] args, InputStream stdin, Output output, Console console) {
        MapCommand map = new MapCommand(stdin, output, console);
        CommandLine commands = new CommandLine(new Main(), new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return type == MapCommand.class
                        ? type.cast(map)
                        : CommandLine.defaultFactory().create(type);
            }
        });
        commands.setExpandAtFiles(false)
                .setOut(output.asWriter())
                .setErr(console.asWriter())
                .setParameterExceptionHandler((e, _) -> explain(e, console))
                .setExecutionExceptionHandler((e, _, _) -> MapCommand.report(e, output, console));
        int code = commands.execute(shield(args));
        return output.finish(code, console);
    }

    /// Puts a space, which is taken away later, in front of what the parser must not take for an option.
    private static String[] shield(String[] args) {
        String[] shielded = args.clone();
        for (int i = 0; i < args.length; i++) {
            if (NEGATIVE_RANGE.matcher(args[i]).matches() || (i > 0 && args[i - 1].equals(MapCommand.JVM_ARG))) {
                shielded[i] = " " + args[i];
            } else if (args[i].startsWith(MapCommand.JVM_ARG + "=")) {
                shielded[i] = args[i].replaceFirst("=", "= ");
            }
        }
        return shielded;
    }

    private static int explain(ParameterException e, Console console) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        console.say(String.valueOf(e.getMessage()).replaceFirst("^Error: ", ""));
        if (e instanceof UnmatchedArgumentException unmatched) {
            suggest(unmatched, command, console);
        }
        console.print("Try '" + command + " --help'.");
        return ExitCode.USAGE;
    }

    private static void suggest(UnmatchedArgumentException e, String command, Console console) {
        String first = e.getUnmatched().isEmpty() ? "" : e.getUnmatched().get(0);
        if (command.equals("cenote") && (first.contains("->") || first.contains("::"))) {
            console.print("Did you mean: cenote map '" + first + "'?");
        } else if (!e.getSuggestions().isEmpty()) {
            console.print("Did you mean: " + String.join(" or ", e.getSuggestions()) + "?");
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "a command is missing; 'cenote map EXPRESSION' is the main one");
    }

    /// Says which version this is.
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {
                "cenote " + Objects.requireNonNullElse(version, "(not packaged)") + ", Java " + Runtime.version()
            };
        }
    }
}
