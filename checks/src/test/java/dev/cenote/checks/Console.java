// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One console block of a document: commands that start with `$ `, each followed by what it prints.
///
/// A command may go on over lines that end in a backslash. In the expected output `...` alone on a line matches
/// any number of lines, and within a line any text. A last line `[exit 2]` expects that status; without it the
/// command must succeed.
final class Console {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern EXIT = Pattern.compile("\\[exit (\\d+)]");

    private final Repository repository;
    private final Markdown.Block block;

    Console(Repository repository, Markdown.Block block) {
        this.repository = repository;
        this.block = block;
    }

    private record Step(int line, String command, List<String> expected) {}

    private record Result(int exit, String output) {}

    /// One entry `file:line: message` for each command that does not do what the document says.
    List<String> errors() throws IOException, InterruptedException {
        List<String> errors = new ArrayList<>();
        for (Step step : steps()) {
            String error = check(step);
            if (!error.isEmpty()) {
                errors.add(
                        "%s:%d: $ %s%n%s".formatted(repository.name(block.file()), step.line(), step.command(), error));
            }
        }
        return errors;
    }

    private List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        List<String> lines = block.lines();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith("$ ")) {
                continue;
            }
            int line = block.line() + i;
            StringBuilder command = new StringBuilder(lines.get(i).substring(2));
            while (lines.get(i).endsWith("\\") && i + 1 < lines.size()) {
                command.append('\n').append(lines.get(++i));
            }
            int end = i + 1;
            while (end < lines.size() && !lines.get(end).startsWith("$ ")) {
                end++;
            }
            steps.add(new Step(line, command.toString(), lines.subList(i + 1, end)));
        }
        return steps;
    }

    private String check(Step step) throws IOException, InterruptedException {
        List<String> expected = new ArrayList<>(step.expected());
        int exit = 0;
        var last = EXIT.matcher(expected.isEmpty() ? "" : expected.getLast());
        if (last.matches()) {
            exit = Integer.parseInt(last.group(1));
            expected.removeLast();
        }
        Result result = run(step.command());
        if (result.exit() != exit) {
            return "exit %d instead of %d; it printed:%n%s".formatted(result.exit(), exit, result.output());
        }
        if (!pattern(expected).matcher(result.output()).matches()) {
            return "expected:%n%s%nbut it printed:%n%s".formatted(String.join("\n", expected), result.output());
        }
        return "";
    }

    /// Trailing blanks and blank lines at the end do not count.
    static Pattern pattern(List<String> expected) {
        String regex = expected.stream()
                .map(line -> line.equals("...") ? "(?:.*\n)*" : quoted(line.stripTrailing()) + "[ \t]*\n")
                .collect(Collectors.joining());
        return Pattern.compile(regex + "\n*");
    }

    private static String quoted(String line) {
        return Pattern.compile("...", Pattern.LITERAL)
                .splitAsStream(line)
                .map(Pattern::quote)
                .collect(Collectors.joining(".*", "", line.endsWith("...") ? ".*" : ""));
    }

    private Result run(String command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("console", ".txt");
        try {
            Process bash = start(repository, List.of("bash", "-c", command), output);
            bash.getOutputStream().close();
            boolean ended = bash.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
            bash.descendants().forEach(ProcessHandle::destroyForcibly);
            bash.destroyForcibly().waitFor();
            String text = Files.readString(output);
            String printed = text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
            return ended ? new Result(bash.exitValue(), printed) : new Result(-1, printed + "(stopped after 60 s)\n");
        } finally {
            Files.delete(output);
        }
    }

    /// As a reader would run it, who has a current JDK first on the path; Maven itself may run on an older one.
    static Process start(Repository repository, List<String> command, Path output) throws IOException {
        var builder = new ProcessBuilder(command)
                .directory(repository.root().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        String home = System.getProperty("java.home");
        Map<String, String> environment = builder.environment();
        environment.put("JAVA_HOME", home);
        environment.merge("PATH", home + "/bin", (path, bin) -> bin + File.pathSeparator + path);
        return builder.start();
    }
}
