// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.testkit.contract.EngineContract;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What all sources of this module keep to.
class HygieneTest {

    /// Put together so that this file does not contain it; a subject of a test may sleep when its line says so.
    private static final Pattern SLEEP =
            Pattern.compile("\\b(Thread|TimeUnit\\.\\w+)\\." + "sleep\\((?!.*// subject:)");

    @Test
    void sources_neverSleep() throws IOException {
        for (Path source : sources()) {
            assertThat(Files.readAllLines(source))
                    .as("%s", source)
                    .noneMatch(line -> SLEEP.matcher(line).find());
        }
    }

    @Test
    void everyContract_isPartOfTheSuite() throws IOException {
        List<String> parts = Arrays.stream(EngineConformance.class.getDeclaredClasses())
                .filter(part -> part.isAnnotationPresent(Nested.class))
                .map(part -> part.getSuperclass().getSimpleName())
                .sorted()
                .toList();
        String base = EngineContract.class.getSimpleName();
        List<String> contracts = sources().stream()
                .map(source -> source.getFileName().toString().replace(".java", ""))
                .filter(name -> name.endsWith("Contract") && !name.equals(base))
                .sorted()
                .toList();
        assertThat(parts).isEqualTo(contracts);
    }

    @Test
    void everyTestOfAContract_isNeitherPublicNorPrivate() {
        for (Class<?> part : EngineConformance.class.getDeclaredClasses()) {
            assertThat(part.getSuperclass().getDeclaredMethods())
                    .filteredOn(method -> method.isAnnotationPresent(Test.class))
                    .isNotEmpty()
                    .allMatch(method -> (method.getModifiers() & (Modifier.PUBLIC | Modifier.PRIVATE)) == 0);
        }
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
