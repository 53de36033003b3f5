// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The items of a run: the lines of some files, of standard input, or a range of numbers.
///
/// For one thread, except {@link #size()}.
sealed interface Input extends Iterator<Object> {

    /// The name of standard input.
    String STDIN = "-";

    /// What its items are.
    Expression.ItemType type();

    /// {@return how many items there are, as far as that is known or can be guessed; for any thread}
    OptionalLong size();

    /// Opens the input that some arguments name.
    ///
    /// @param names files, `-`, or one range; standard input if there are none
    /// @param stdin standard input
    /// @param delimiter what ends a line
    /// @return the input
    /// @throws IllegalArgumentException if a file cannot be read, or a range is wrong or not alone
    static Input open(List<String> names, InputStream stdin, byte delimiter) {
        for (String name : names) {
            Optional<NumberRange> range = NumberRange.parse(name.strip());
            if (range.isPresent()) {
                if (names.size() > 1) {
                    throw new IllegalArgumentException(
                            "a range is an input of its own: " + name + "; name a file ./" + name + " if you mean one");
                }
                return new Numbers(range.get());
            }
        }
        List<String> files = names.isEmpty() ? List.of(STDIN) : names;
        files.forEach(Input::checkReadable);
        return new Text(files, stdin, delimiter);
    }

    private static void checkReadable(String name) {
        Path path = Path.of(name);
        if (name.equals(STDIN)) {
            return;
        } else if (!Files.exists(path)) {
            throw new IllegalArgumentException("no such file: " + name);
        } else if (Files.isDirectory(path)) {
            throw new IllegalArgumentException("is a directory: " + name);
        } else if (!Files.isReadable(path)) {
            throw new IllegalArgumentException("may not be read: " + name);
        }
    }

    /// The numbers of a range.
    final class Numbers implements Input {

        private final NumberRange range;
        private final Iterator<Long> numbers;

        Numbers(NumberRange range) {
            this.range = range;
            this.numbers = range.iterator();
        }

        @Override
        public Expression.ItemType type() {
            return Expression.ItemType.NUMBER;
        }

        @Override
        public OptionalLong size() {
            return range.size() < 0 ? OptionalLong.empty() : OptionalLong.of(range.size());
        }

        @Override
        public boolean hasNext() {
            return numbers.hasNext();
        }

        @Override
        public Object next() {
            return numbers.next();
        }
    }

    /// The lines of one file after the other.
    final class Text implements Input {

        private static final int GUESS_EVERY = 256;

        private final Iterator<String> names;
        private final InputStream stdin;
        private final byte delimiter;
        private final long totalBytes;

        private @Nullable InputStream file;

        /// The lines of the current file; only the reading thread uses it, like all that has no other comment.
        private @Nullable Lines lines;

        private long bytesBefore;
        private long itemsGiven;

        /// How many items there are if the rest is like those that were given, or -1; the reading thread writes
        /// it, any thread reads it.
        private volatile long guessedSize = -1;

        Text(List<String> names, InputStream stdin, byte delimiter) {
            this.names = new ArrayList<>(names).iterator();
            this.stdin = stdin;
            this.delimiter = delimiter;
            this.totalBytes = names.contains(STDIN)
                    ? 0
                    : names.stream().mapToLong(Text::size).sum();
        }

        /// Pipes and devices have no size.
        private static long size(String name) {
            try {
                Path path = Path.of(name);
                return Files.isRegularFile(path) ? Files.size(path) : 0;
            } catch (IOException e) {
                return 0;
            }
        }

        @Override
        public Expression.ItemType type() {
            return Expression.ItemType.LINE;
        }

        @Override
        public OptionalLong size() {
            long guess = guessedSize;
            return guess < 0 ? OptionalLong.empty() : OptionalLong.of(guess);
        }

        private void guessSize(Lines current) {
            double bytesGiven = bytesBefore + current.bytesGiven();
            if (totalBytes > 0 && bytesGiven > 0) {
                guessedSize = Math.max(itemsGiven, Math.round(itemsGiven / bytesGiven * totalBytes));
            }
        }

        @Override
        public boolean hasNext() {
            Lines current = lines;
            while (current == null || !current.hasNext()) {
                if (!names.hasNext()) {
                    guessedSize = itemsGiven;
                    return false;
                }
                current = open(names.next(), current);
            }
            return true;
        }

        private Lines open(String name, @Nullable Lines previous) {
            try {
                if (file != null) {
                    file.close();
                }
                file = name.equals(STDIN) ? stdin : Files.newInputStream(Path.of(name));
                bytesBefore += previous == null ? 0 : previous.bytesGiven();
                Lines opened = new Lines(file, delimiter);
                lines = opened;
                return opened;
            } catch (IOException e) {
                throw new UncheckedIOException(name + ": " + e.getMessage(), e);
            }
        }

        @Override
        public Object next() {
            boolean present = hasNext();
            Lines current = lines;
            if (!present || current == null) {
                throw new NoSuchElementException();
            }
            if (itemsGiven++ % GUESS_EVERY == 0) {
                guessSize(current);
            }
            return current.next();
        }
    }
}
