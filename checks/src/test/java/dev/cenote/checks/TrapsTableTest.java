// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The table of traps names tests; a test that was renamed or removed holds nothing.
class TrapsTableTest {

    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    private final Repository repository = Repository.current();

    @Test
    void namedTests_exist() throws IOException {
        String page = Files.readString(repository.root().resolve("docs/traps.md"));
        List<String> missing = new ArrayList<>();
        Matcher named = NAMED.matcher(page);
        int found = 0;
        while (named.find()) {
            found++;
            if (!exists(named.group(1), named.group(2))) {
                missing.add(named.group());
            }
        }

        assertThat(found).isGreaterThanOrEqualTo(25);
        assertThat(missing).as("tests that docs/traps.md names and nobody has").isEmpty();
    }

    private boolean exists(String type, String method) throws IOException {
        for (Path file : repository.files("/" + type + ".java")) {
            if (Files.readString(file).contains("void " + method + "(")) {
                return true;
            }
        }
        return false;
    }
}
