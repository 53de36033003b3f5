// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What no file of the repository may contain. The patterns are put together from parts, or they would find
/// themselves.
class HygieneTest {
    private static final Pattern MACHINE_PATH =
            Pattern.compile("/" + "work/|/" + "usr/lib/jvm/|/" + "root/|/" + "home/\\w+/|/" + "Users/\\w+/");
    private static final Pattern REGISTRY_HOST = Pattern.compile(
            "\\b(repo1?\\.maven(\\.apache)?|(central|oss|s01\\.oss|ossrh-staging-api\\.central)\\.sonatype|search\\.maven"
                    + "|maven\\.google|plugins\\.gradle|registry\\.npmjs|pypi|files\\.pythonhosted|jitpack|jcenter\\.bintray"
                    + "|crates|index\\.crates|rubygems|proxy\\.golang|registry-1\\.docker|maven\\.pkg\\.github)\\."
                    + "(org|com|io)\\b");
    private static final Pattern OPEN_END = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b(?! ?\\(?#\\d+)");
    private static final Pattern SLEEP = Pattern.compile("\\bThread\\." + "sleep\\(");
    private static final Pattern LINK = Pattern.compile("!?\\[[^]]*]\\(([^)\\s]+)[^)]*\\)|^\\[[^]]+]:\\s*(\\S+)");

    private final Repository repository = Repository.current();

    @Test
    void noFile_namesAPathOfSomeMachine() throws IOException {
        // the launcher looks for a JDK in the well-known places of each system
        assertThat(findings(MACHINE_PATH, name -> !name.equals("cenote"))).isEmpty();
    }

    @Test
    void noFile_namesARegistryHost() throws IOException {
        assertThat(findings(REGISTRY_HOST, name -> true)).isEmpty();
    }

    @Test
    void openEnds_haveAnIssueNumber() throws IOException {
        assertThat(findings(OPEN_END, name -> true)).isEmpty();
    }

    @Test
    void tests_doNotSleep() throws IOException {
        List<String> findings = findings(SLEEP, name -> name.contains("/src/test/") && name.endsWith(".java"));

        assertThat(findings)
                .as("wait for a state instead; where the sleep is what is tested, say so with '// subject: ...'")
                .allMatch(line -> line.contains("// subject:"));
    }

    @Test
    void links_pointToFiles() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path file : repository.files(".md")) {
            for (Markdown.Line line : Markdown.read(file).prose()) {
                LINK.matcher(line.text())
                        .results()
                        .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
                        .filter(target -> isDead(file, target))
                        .map(target -> repository.name(file) + ":" + line.number() + ": " + target)
                        .forEach(dead::add);
            }
        }

        assertThat(dead).as("links to files that do not exist").isEmpty();
    }

    private static boolean isDead(Path file, String target) {
        if (target.startsWith("#") || target.matches("[a-z][a-z+.-]*:.*")) {
            return false;
        }
        return Files.notExists(file.resolveSibling(target.replaceFirst("#.*", "")));
    }

    private List<String> findings(Pattern pattern, Predicate<String> names) throws IOException {
        List<String> findings = new ArrayList<>();
        for (Path file : repository.files()) {
            String name = repository.name(file);
            List<String> lines = names.test(name) ? text(file) : List.of();
            for (int i = 0; i < lines.size(); i++) {
                if (pattern.matcher(lines.get(i)).find()) {
                    findings.add(name + ":" + (i + 1) + ": " + lines.get(i).strip());
                }
            }
        }
        return findings;
    }

    /// No lines for what is not text.
    private static List<String> text(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (MalformedInputException binary) {
            return List.of();
        }
    }
}
