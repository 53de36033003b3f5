// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import dev.cenote.BrokenPoolException;
import dev.cenote.Options;
import dev.cenote.Pool;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cenote map`: reads the arguments, compiles the expression and opens the input; {@link MapRun} does the rest.
@Command(
        name = "map",
        description = "Runs a Java expression for each line (or number) and prints the results in order.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  Twice each number:",
            "    seq 5 | cenote map 'n -> Long.parseLong(n) * 2'",
            "  The item is called 'line', or 'n' in a range; a method will do as well:",
            "    cenote map 'line.toUpperCase()' words.txt",
            "    cenote map String::length words.txt",
            "    cenote map 'n * n' 0..1_000_000",
            "  null prints nothing, which makes a filter; a stream prints many lines:",
            "    cenote map 'line.contains(\"ERROR\") ? line : null' app.log",
            "    cenote map 'Stream.of(line.split(\" \"))' words.txt",
            "  Statements stand in braces; exceptions need no care:",
            "    cenote map '{ var p = Path.of(line); return Files.size(p) + \"\\t\" + p; }'",
            "  A thousand slow things at a time, each at most 10 seconds, twice tried again:",
            "    cenote map --engine virtual --timeout 10s --retries 2 --keep-going \\",
            "      'URI.create(line).toURL().openStream().readAllBytes().length' urls.txt",
            "  One JSON object for each item, failures too, as input for jq:",
            "    cenote map --output json --keep-going Integer::parseInt numbers.txt",
            "  Code that may crash, hang or leak, in JVMs of its own; a crash costs one item:",
            "    cenote map --engine processes --heap 512m --timeout 1m --keep-going \\",
            "      -cp parser.jar com.acme.Parser::parse files.txt",
            "  Your own classes:",
            "    cenote map -cp app.jar -i 'com.acme.*' Parser::parse files.txt",
            "",
            "Exit codes: 0 all well, 1 an item failed, 2 it could not begin, 130 Ctrl-C,",
            "141 the reader of the output went away.",
        })
final class MapCommand implements Callable<Integer> {

    /// The option whose value looks like an option.
    static final String JVM_ARG = "--jvm-arg";

    private static final Pattern HEAP = Pattern.compile("[1-9]\\d*[kKmMgGtT]?");

    private final InputStream stdin;
    private final Output output;
    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "EXPRESSION",
            description =
                    "A lambda 'x -> ...', a method 'Class::method', an expression over 'line' (over 'n' for a range),"
                            + " or a block '{ ...; return ...; }'.")
    private String expression = "";

    @Parameters(
            index = "1..*",
            paramLabel = "FILE|RANGE|-",
            description = "Where the items come from: files of lines, '-' for standard input (the default), or a range:"
                    + " 0..10 is 0 to 9, 0..=10 is 0 to 10.")
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = {"-e", "--engine"},
            paramLabel = "ENGINE",
            converter = Engine.Converter.class,
            description = "${COMPLETION-CANDIDATES}: in this thread; on one thread for each CPU; on virtual threads,"
                    + " for work that waits; in a JVM of its own for each CPU, for code that may crash, hang or leak."
                    + " Default: ${DEFAULT-VALUE}.")
    private Engine engine = Engine.THREADS;

    @Option(
            names = {"-w", "--workers"},
            paramLabel = "N",
            description = "How many items run at a time. Default: the CPUs; with virtual threads 1000.")
    private @Nullable Integer workers;

    @Option(
            names = {"-t", "--timeout"},
            paramLabel = "TIME",
            converter = Durations.class,
            description = "How long an item may run: 30 or 30s, 500ms, 2m, 1h. Default: for ever.")
    private @Nullable Duration timeout;

    @Option(
            names = "--stall",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "How long an item may run without a call of Worker.current().progress(...). Default: for"
                    + " ever.")
    private @Nullable Duration stall;

    @Option(
            names = {"-r", "--retries"},
            paramLabel = "N",
            description = "How often an item that failed is tried again. Default: 0.")
    private int retries;

    @Option(
            names = "--backoff",
            paramLabel = "TIME[..TIME]",
            converter = Backoffs.class,
            description = "With --retries: how long a failed item waits before it is tried again, at first; twice as"
                    + " long each time, up to the second time, or else a minute. Default: not at all.")
    private Options.@Nullable Backoff backoff;

    @Option(
            names = {"-u", "--unordered"},
            description = "Print results as they are ready, not in the order of the items.")
    private boolean unordered;

    @Option(
            names = "--chunk",
            paramLabel = "N",
            description = "How many items a worker takes at a time. Default: chosen from how long items take.")
    private @Nullable Integer chunk;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = Format.Converter.class,
            description =
                    "text: a line for each result. json: an object for each item, with its index, the item, and its"
                            + " value or error.")
    private Format format = Format.TEXT;

    @ArgGroup
    @SuppressWarnings("NullAway.Init") // set by picocli where one of its options is given
    private @Nullable OnFailure onFailure;

    @Option(
            names = "--progress",
            negatable = true,
            fallbackValue = "true",
            description = "Draw a progress bar on standard error, or do not. Default: when that is a terminal.")
    private @Nullable Boolean progress;

    @Option(
            names = {"-0", "--null"},
            description = "Items in the input end with a zero byte, not with a line end; for find -print0.")
    private boolean nullDelimited;

    @Option(
            names = {"-cp", "--class-path", "--classpath"},
            paramLabel = "PATH",
            description = "Directories and jars with your classes; 'lib/*' is every jar in lib.")
    private @Nullable String classPath;

    @Option(
            names = {"-i", "--import"},
            paramLabel = "NAME",
            description =
                    "A class, 'com.acme.*', 'static com.acme.Util.*' or 'module java.sql'; may be repeated. All of"
                            + " java.base, java.net.http and static java.lang.Math.* need no import.")
    private List<String> imports = new ArrayList<>();

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            description = "With processes: the largest heap of each worker, such as 512m. Default: a share of the"
                    + " memory.")
    private @Nullable String heap;

    @Option(
            names = JVM_ARG,
            paramLabel = "ARG",
            description = "With processes: an option for the JVM of each worker, such as --jvm-arg=-Dname=value; may be"
                    + " repeated.")
    private List<String> jvmArguments = new ArrayList<>();

    @Option(
            names = "--max-tasks-per-worker",
            paramLabel = "N",
            description = "With processes: how many items a worker runs before a fresh one takes its place, for code"
                    + " that leaks. Default: no limit.")
    private @Nullable Integer maxTasksPerWorker;

    /// The logger of the library, which is kept, as otherwise the next collection would undo what was set. Loading it
    /// takes time, so only those who need it do.
    private static final class LibraryLog {

        static final Logger LOGGER = Logger.getLogger("dev.cenote");
    }

    /// What happens after a failure: one of two.
    private static final class OnFailure {

        @Option(
                names = {"-k", "--keep-going"},
                description = "Report a failed item and go on with the others.")
        private boolean keepGoing;

        @Option(names = "--halt-on-error", description = "Stop at the first failed item. The default.")
        @SuppressWarnings("unused") // it is what happens anyway, but can be said
        private boolean haltOnError;
    }

    MapCommand(InputStream stdin, Output output, Console console) {
        this.stdin = stdin;
        this.output = output;
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        MapRun run;
        try {
            run = prepare();
        } catch (IllegalArgumentException e) {
            console.say(String.valueOf(e.getMessage()));
            return ExitCode.USAGE;
        } catch (ExpressionException e) {
            console.print(String.valueOf(e.getMessage()));
            return ExitCode.USAGE;
        }
        return run.run();
    }

    private MapRun prepare() throws ExpressionException {
        MapOptions options = options();
        Input input = Input.open(inputs, stdin, (byte) (nullDelimited ? 0 : '\n'));
        ClassPath classes = classPath == null ? ClassPath.EMPTY : ClassPath.parse(classPath);
        Function<Object, @Nullable Object> function = Expression.compile(expression, input.type(), imports(), classes);
        if (engine == Engine.PROCESSES) {
            LibraryLog.LOGGER.setLevel(Level.OFF); // what it would say of workers is said here, in fewer words
        }
        Pool pool = Pool.of(options.engine().toString(), c -> options.configure(c, console));
        return new MapRun(pool, input, function, options, output, console);
    }

    private MapOptions options() {
        if (engine == Engine.SERIAL && workers != null && workers > 1) {
            throw new IllegalArgumentException("--engine serial has one worker, not " + workers);
        } else if (retries < 0) {
            throw new IllegalArgumentException("--retries must be 0 or more, not " + retries);
        } else if (backoff != null && retries == 0) {
            throw new IllegalArgumentException("--backoff is for items that are tried again, so it needs --retries");
        }
        return new MapOptions(
                engine,
                atLeastOne("--workers", workers),
                new MapOptions.Limits(timeout, stall, retries, backoff),
                atLeastOne("--chunk", chunk),
                !unordered,
                onFailure != null && onFailure.keepGoing,
                format,
                progress == null ? console.terminal().present() : progress,
                children());
    }

    /// {@return what only processes are told}
    ///
    /// @throws IllegalArgumentException if something is said that the engine could not obey
    private MapOptions.Children children() {
        refuseWithoutProcesses("--heap", heap != null);
        refuseWithoutProcesses("--jvm-arg", !jvmArguments.isEmpty());
        refuseWithoutProcesses("--max-tasks-per-worker", maxTasksPerWorker != null);
        if (heap != null && !HEAP.matcher(heap).matches()) {
            throw new IllegalArgumentException("--heap must be a size such as 512m or 2g, not '" + heap + "'");
        }
        List<String> arguments = jvmArguments.stream().map(String::strip).toList();
        for (String argument : arguments) {
            if (!argument.startsWith("-")) {
                throw new IllegalArgumentException("--jvm-arg must be an option of the JVM with its value, such as"
                        + " --jvm-arg=-Dname=value, not '" + argument + "'");
            }
        }
        return new MapOptions.Children(heap, arguments, atLeastOne("--max-tasks-per-worker", maxTasksPerWorker));
    }

    private void refuseWithoutProcesses(String option, boolean given) {
        if (given && engine != Engine.PROCESSES) {
            throw new IllegalArgumentException(option + " is for worker processes, so it needs --engine processes");
        }
    }

    /// {@return the value, or 0 where none was given}
    private static int atLeastOne(String option, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new IllegalArgumentException(option + " must be 1 or more, not " + value);
        }
        return value == null ? 0 : value;
    }

    /// {@return the imports as the language takes them; several may be given at once, and `import` and `;` are
    /// allowed}
    private List<String> imports() {
        return imports.stream()
                .flatMap(names -> Stream.of(names.split("[,;]")))
                .map(name -> name.strip().replaceFirst("^import\\s+", ""))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /// {@return the first line of the reason; what a worker printed was shown}
    private static String notStarted(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return message.lines().findFirst().orElse(message).replaceFirst("^pool \"[^\"]*\": ", "");
    }

    /// Tells about a run that could not be completed.
    ///
    /// @return the exit code
    static int report(Exception e, Output output, Console console) {
        if (output.failed()) {
            return ExitCode.FAILED; // told, or not, where the output is finished
        } else if (e instanceof UncheckedIOException unreadable) {
            console.say("cannot read the input: " + unreadable.getMessage());
            return ExitCode.USAGE;
        }
        if (e instanceof BrokenPoolException broken && broken.getCause() != null) {
            console.say(notStarted(broken.getCause()));
            return ExitCode.USAGE;
        }
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        console.say("unexpected: " + trace.toString().stripTrailing());
        return ExitCode.FAILED;
    }
}
