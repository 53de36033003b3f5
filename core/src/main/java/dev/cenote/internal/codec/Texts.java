// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.nio.charset.StandardCharsets;

/// Strings: one byte for each char if all are Latin-1, two otherwise. Both are copies of what the JVM holds, so they
/// cost little, and any sequence of chars survives, lone surrogates included.
final class Texts {

    /// Below this length a loop over the chars is faster than two bulk copies and a comparison (measured).
    private static final int SHORT = 28;

    private static final int PART = 32 << 10;

    private Texts() {}

    static void put(WireWriter out, String text) {
        int start = out.position();
        int length = text.length();
        out.putByte(Tags.LATIN1);
        out.putCount(length);
        int at = out.skip(length);
        if (!(length < SHORT ? narrow(text, out.array(), at) : narrowInBulk(text, out.array(), at))) {
            out.rewind(start);
            out.putByte(Tags.UTF16);
            Bulk.put(out, text.toCharArray());
        }
    }

    /// Writes a string that is a value of its own, or attaches it if it is long.
    ///
    /// @param out where to
    /// @param text the string
    static void putValue(WireWriter out, String text) {
        if (text.length() >= Bulk.LARGE && out.isAttaching()) {
            attach(out, text);
        } else {
            put(out, text);
        }
    }

    private static void attach(WireWriter out, String text) {
        int length = text.length();
        byte[] narrow = new byte[length];
        for (int from = 0; from < length; from += PART) {
            if (!narrowPart(text, from, Math.min(PART, length - from), narrow)) {
                Bulk.attach(out, Tags.UTF16, length, text.toCharArray());
                return;
            }
        }
        Bulk.attach(out, Tags.LATIN1, length, narrow);
    }

    /// As [#narrowInBulk], in parts that stay in the cache.
    @SuppressWarnings("deprecation") // as there
    private static boolean narrowPart(String text, int from, int count, byte[] target) {
        text.getBytes(from, from + count, target, from);
        return text.regionMatches(from, new String(target, from, count, StandardCharsets.ISO_8859_1), 0, count);
    }

    private static boolean narrow(String text, byte[] target, int at) {
        int all = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            all |= c;
            target[at + i] = (byte) c;
        }
        return all < 0x100;
    }

    /// Takes the low byte of each char, which is a plain copy if the JVM holds the string as Latin-1, and looks
    /// whether that was all: there is no cheaper way to ask.
    @SuppressWarnings("deprecation") // it drops the high bytes: wanted here
    private static boolean narrowInBulk(String text, byte[] target, int at) {
        int length = text.length();
        text.getBytes(0, length, target, at);
        return text.equals(new String(target, at, length, StandardCharsets.ISO_8859_1));
    }

    /// {@return the string whose tag was read}
    ///
    /// @param in where from
    /// @param tag the tag
    static String get(WireReader in, int tag) throws CorruptFrameException {
        if (tag == Tags.UTF16) {
            return new String(Bulk.getChars(in));
        }
        if (tag != Tags.LATIN1) {
            throw new CorruptFrameException("a string was expected, tag=" + tag);
        }
        int length = in.getLength(1);
        return new String(in.array(), in.skip(length), length, StandardCharsets.ISO_8859_1);
    }

    /// {@return the string that comes next}
    ///
    /// @param in where from
    static String get(WireReader in) throws CorruptFrameException {
        return get(in, in.getByte());
    }
}
