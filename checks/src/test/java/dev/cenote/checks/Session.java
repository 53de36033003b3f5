// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One session of jshell in a document: lines that start with its prompt were typed, each is followed by what came
/// back.
///
/// Blank lines do not count. The expected output may have the same gaps as that of a [Console].
final class Session {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String PROMPT = "jshell> ";

    private final Repository repository;
    private final Markdown.Block block;

    Session(Repository repository, Markdown.Block block) {
        this.repository = repository;
        this.block = block;
    }

    private record Step(int line, String typed, List<String> expected) {}

    /// One entry `file:line: message` for each line that is not answered as the document says.
    List<String> errors() throws IOException, InterruptedException {
        List<Step> steps = steps();
        List<String> answers = run(steps.stream().map(Step::typed).toList());
        List<String> errors = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            String answer = i < answers.size() ? answers.get(i) : "(nothing: it had ended)\n";
            if (!Console.pattern(step.expected()).matcher(answer).matches()) {
                errors.add("%s:%d: jshell> %s%nexpected:%n%s%nbut it printed:%n%s"
                        .formatted(
                                repository.name(block.file()),
                                step.line(),
                                step.typed(),
                                String.join("\n", step.expected()),
                                answer));
            }
        }
        return errors;
    }

    private List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        List<String> lines = block.lines();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(PROMPT)) {
                int end = i + 1;
                while (end < lines.size() && !lines.get(end).startsWith(PROMPT)) {
                    end++;
                }
                List<String> expected = lines.subList(i + 1, end).stream()
                        .filter(line -> !line.isBlank())
                        .toList();
                steps.add(new Step(block.line() + i, lines.get(i).substring(PROMPT.length()), expected));
            }
        }
        return steps;
    }

    /// jshell prints a prompt for each line that it reads, also from a pipe, but not the line.
    private List<String> run(List<String> typed) throws IOException, InterruptedException {
        Path output = Files.createTempFile("session", ".txt");
        try {
            // by its path: a process is looked for on the path of this one, where an older JDK may come first
            String tool =
                    Path.of(System.getProperty("java.home"), "bin", "jshell").toString();
            Process jshell = Console.start(repository, List.of(tool, "--class-path", "core/target/classes"), output);
            try (OutputStream in = jshell.getOutputStream()) {
                String text = String.join("\n", typed) + "\n/exit\n";
                in.write(text.getBytes(StandardCharsets.UTF_8));
            }
            boolean ended = jshell.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
            jshell.descendants().forEach(ProcessHandle::destroyForcibly);
            jshell.destroyForcibly().waitFor();
            String text = Files.readString(output) + (ended ? "" : "(stopped)\n");
            return List.of(text.split(PROMPT, -1)).stream()
                    .skip(1) // the greeting
                    .map(Session::withoutBlankLines)
                    .toList();
        } finally {
            Files.delete(output);
        }
    }

    private static String withoutBlankLines(String text) {
        StringBuilder result = new StringBuilder();
        text.lines()
                .filter(line -> !line.isBlank())
                .forEach(line -> result.append(line).append('\n'));
        return result.toString();
    }
}
