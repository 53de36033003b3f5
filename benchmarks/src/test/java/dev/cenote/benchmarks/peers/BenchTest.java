// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.benchmarks.Json;
import dev.cenote.benchmarks.peers.Bench.Options;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    private String run(String only, String peers) throws IOException {
        Options options = Options.parse(
                new String[] {"--smoke", "--home", "..", "--out", folder.toString(), "--only", only, "--peers", peers});
        return Bench.run(options, new PrintStream(log, true, StandardCharsets.UTF_8));
    }

    private Map<?, ?> works(String name) throws IOException {
        Map<?, ?> all =
                (Map<?, ?>) Objects.requireNonNull(Json.parse(Files.readString(folder.resolve(name + ".json"))));
        return (Map<?, ?>) Objects.requireNonNull(all.get("works"));
    }

    private Map<?, ?> of(Object work, String key) {
        return (Map<?, ?>) Objects.requireNonNull(((Map<?, ?>) work).get(key));
    }

    @Test
    void jvmPeers_doTheSameWork() throws IOException {
        String name = run(
                "call,busy,noop-1,trivial,serial,progress,squares,sums,factorials,fetch,sleepers,bytes,longs,shared",
                "loop,two-threads,fixed-pool,parallel,virtual-threads,map-concurrent,memcpy");

        Map<?, ?> works = works(name);
        assertThat(works).hasSize(14).allSatisfy((_, work) -> {
            assertThat(of(work, "failures"))
                    .as(log.toString(StandardCharsets.UTF_8))
                    .isEmpty();
            assertThat(of(work, "rounds")).hasSizeGreaterThan(1);
        });
        assertThat(Files.readString(folder.resolve(name + ".md"))).contains("| **cenote-processes** |", "## Bars");
        assertThat(folder.resolve(name + "-items.svg")).exists();
    }

    @Test
    void python_doesTheSameWork() throws IOException {
        String name = run("call,squares,factorials,words,model", "python-fork,python-threads");

        works(name)
                .forEach((_, work) -> assertThat(of(work, "failures"))
                        .as(log.toString(StandardCharsets.UTF_8))
                        .isEmpty());
    }

    @Test
    void peerThatIsNotThere_isAbsentWithTheReason() throws IOException {
        Options options = Options.parse(new String[] {
            "--smoke",
            "--home",
            folder.toString(),
            "--out",
            folder.toString(),
            "--only",
            "factorials",
            "--peers",
            "python-fork,piscina",
            "--python",
            folder.resolve("python").toString()
        });

        String name = Bench.run(options, new PrintStream(log, true, StandardCharsets.UTF_8));

        assertThat(Files.readString(folder.resolve(name + ".md")))
                .contains("- python-fork: the program is not on the path")
                .contains("- piscina: not installed; benchmarks/peers/install does it");
    }

    @Test
    void unknownWork_isRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> Options.parse(new String[] {"--only", "calls,sqares"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no work or group sqares")
                .hasMessageContaining("squares");
        assertThatThrownBy(() -> Options.parse(new String[] {"--fast"})).hasMessageContaining("unknown option --fast");
        assertThatThrownBy(() -> Options.parse(new String[] {"--only"})).hasMessageContaining("value is missing");
    }
}
