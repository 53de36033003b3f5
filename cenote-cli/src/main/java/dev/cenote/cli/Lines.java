// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// The lines of a stream of bytes, as UTF-8; malformed bytes become the replacement character.
///
/// A line ends with a line feed, or with a carriage return and a line feed; the last one may lack its end. With
/// another delimiter nothing but that byte ends an item. A line is given as soon as its end was read, and may be
/// as long as an array can be.
///
/// `BufferedReader` would do, but it decodes to characters which a string encodes again; cutting the bytes is
/// twice as fast. For one thread.
final class Lines implements Iterator<String> {

    private static final int CAPACITY = 1 << 16;

    /// Larger buffers than this are given back after the line that needed them.
    private static final int KEPT_CAPACITY = 1 << 20;

    private static final int MAX_CAPACITY = Integer.MAX_VALUE - 8;

    private final InputStream in;
    private final byte delimiter;
    private byte[] buffer = new byte[CAPACITY];

    /// The bytes from here on were read and not given.
    private int start;

    /// The bytes up to here were searched for a line end.
    private int searched;

    private int end;
    private @Nullable String next;

    private long bytesRead;

    /// @param in the bytes; read in large pieces
    /// @param delimiter what ends a line
    Lines(InputStream in, byte delimiter) {
        this.in = in;
        this.delimiter = delimiter;
    }

    /// {@return how many bytes the lines had that were given, with their ends}
    long bytesGiven() {
        return bytesRead - (end - start);
    }

    @Override
    public boolean hasNext() {
        if (next == null) {
            try {
                next = read();
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
        }
        return next != null;
    }

    @Override
    public String next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        String line = next;
        next = null;
        return line;
    }

    private @Nullable String read() throws IOException {
        while (true) {
            int at = find();
            if (at >= 0) {
                return take(at, at + 1);
            } else if (!fill()) {
                return start == end ? null : take(end, end);
            }
        }
    }

    private int find() {
        byte[] bytes = buffer;
        for (int i = searched; i < end; i++) {
            if (bytes[i] == delimiter) {
                return i;
            }
        }
        searched = end;
        return -1;
    }

    /// @param lineEnd where the line ends, without its delimiter
    /// @param following where the following one begins
    private String take(int lineEnd, int following) {
        boolean carriageReturn =
                delimiter == '\n' && following > lineEnd && lineEnd > start && buffer[lineEnd - 1] == '\r';
        int length = (carriageReturn ? lineEnd - 1 : lineEnd) - start;
        String line = new String(buffer, start, length, StandardCharsets.UTF_8);
        start = following;
        searched = following;
        return line;
    }

    private boolean fill() throws IOException {
        makeRoom();
        int count = in.read(buffer, end, buffer.length - end);
        if (count > 0) {
            end += count;
            bytesRead += count;
        }
        return count > 0;
    }

    private void makeRoom() throws IOException {
        int rest = end - start;
        if (rest == buffer.length) {
            if (rest == MAX_CAPACITY) {
                throw new IOException("a line is longer than " + MAX_CAPACITY + " bytes");
            }
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * rest, MAX_CAPACITY));
        } else if (start > 0) {
            byte[] target = buffer.length > KEPT_CAPACITY && rest < CAPACITY ? new byte[CAPACITY] : buffer;
            System.arraycopy(buffer, start, target, 0, rest);
            buffer = target;
        }
        start = 0;
        searched = rest;
        end = rest;
    }
}
