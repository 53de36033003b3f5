// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import dev.cenote.Pool;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// The names that a snippet of the documentation may use without declaring them.
public class DocsFixture {
    /// Something with state that is changed in place.
    public static final class Subject {
        public void update() {}
    }

    /// What [#fetch] finds.
    public record Page(URI address, String text) {}

    /// Something that takes long to load and must not be used by two threads at a time.
    public static final class Model {
        private int scored;

        public static Model load() {
            return new Model();
        }

        public double score(String line) {
            scored++;
            return line.length();
        }

        public int scored() {
            return scored;
        }
    }

    protected final Pool pool = Pool.serial();
    protected final List<URI> urls = List.of(URI.create("https://example.org/1"), URI.create("https://example.org/2"));
    protected final List<Subject> subjects = List.of(new Subject(), new Subject());
    protected final List<String> lines = List.of("one", "two");
    protected final List<Path> files = List.of(Path.of("a.txt"), Path.of("b.txt"));
    protected final List<Double> bases = List.of(2.0, 3.0);
    protected final List<Double> exponents = List.of(3.0, 2.0);

    protected DocsFixture() {}

    protected Page fetch(URI address) {
        return new Page(address, "");
    }

    protected static String parse(Path file) throws IOException {
        return file.toRealPath().toString();
    }

    protected static BigInteger factorial(int n) {
        return IntStream.rangeClosed(2, n).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
    }
}
