// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Cuts a stream of bytes into lines. A line ends with a line feed, a carriage return or both; what exceeds
/// [#LONGEST] bytes is counted and not kept, so that a worker that prints without an end takes no memory here.
///
/// A worker's JVM writes UTF-8, as it was told to; native code and programs that it starts write what the machine
/// uses. Text that is not UTF-8 is therefore read in the charset of the machine, for each line anew.
///
/// Not safe for use by several threads; its owner has a lock.
final class Lines {

    /// How many bytes of a line are kept.
    static final int LONGEST = 8_192;

    private final Charset otherwise;
    private final Sink sink;
    private byte[] line = new byte[256];
    private int length;
    private long cut;
    private boolean sawReturn;

    /// Takes lines.
    interface Sink {

        /// Takes a line.
        void take(String text);
    }

    Lines(Charset otherwise, Sink sink) {
        this.otherwise = otherwise;
        this.sink = sink;
    }

    void add(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            byte b = bytes[i];
            boolean endedBefore = sawReturn;
            sawReturn = b == '\r';
            if (b == '\n' && endedBefore) {
                continue;
            }
            if (b == '\n' || b == '\r') {
                end();
            } else if (length < LONGEST) {
                if (length == line.length) {
                    line = Arrays.copyOf(line, Math.min(LONGEST, length * 2));
                }
                line[length++] = b;
            } else {
                cut++;
            }
        }
    }

    /// Passes on a line that was not ended.
    void flush() {
        if (length > 0) {
            end();
        }
    }

    private void end() {
        String text = new String(line, 0, length, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            text = new String(line, 0, length, otherwise);
        }
        if (cut > 0) {
            text += " ... (" + cut + " more bytes)";
        }
        length = 0;
        cut = 0;
        sink.take(text);
    }
}
