// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// How much memory this process holds, asked after each task of a pool that has set a limit.
///
/// Linux has one short file for it, which is read in about 1.5 µs; it counts pages, whose size is in no such file, but
/// follows from a longer one that says the same in kilobytes. Elsewhere it is what the JVM has taken for its heap and
/// for itself, without what native code has.
///
/// For one thread.
final class Memory {

    private static final String PAGES = "/proc/self/statm";
    private static final String KILOBYTES = "/proc/self/status";
    private static final String LABEL = "VmRSS:";
    private static final long SMALLEST_PAGE = 4 << 10;

    private final byte[] text = new byte[8 << 10];
    private final @Nullable RandomAccessFile pages;
    private final long pageBytes;

    Memory() {
        this(PAGES, KILOBYTES);
    }

    /// Reads other files, for tests.
    Memory(String pages, String kilobytes) {
        RandomAccessFile opened = null;
        long size = 0;
        try (RandomAccessFile status = new RandomAccessFile(kilobytes, "r")) {
            opened = new RandomAccessFile(pages, "r");
            size = pageBytes(number(read(status), LABEL) << 10, resident(opened));
        } catch (IOException | NumberFormatException e) {
            opened = null; // not this system
        }
        this.pages = opened;
        this.pageBytes = size;
    }

    /// {@return how many bytes}
    long held() {
        if (pages != null) {
            try {
                return resident(pages) * pageBytes;
            } catch (IOException | NumberFormatException e) {
                // as if it were not there
            }
        }
        MemoryMXBean bean = ManagementFactory.getMemoryMXBean();
        return bean.getHeapMemoryUsage().getCommitted()
                + bean.getNonHeapMemoryUsage().getCommitted();
    }

    /// {@return the power of two that is nearest to the quotient, which is not exact, as time passes between two reads}
    static long pageBytes(long bytes, long pages) {
        long result = SMALLEST_PAGE;
        while (result * 3 / 2 * pages < bytes) {
            result *= 2;
        }
        return result;
    }

    private long resident(RandomAccessFile file) throws IOException {
        return number(read(file), " ");
    }

    private String read(RandomAccessFile file) throws IOException {
        file.seek(0);
        int count = file.read(text);
        return new String(text, 0, Math.max(0, count), StandardCharsets.ISO_8859_1);
    }

    /// {@return the first number behind a label}
    private static long number(String text, String label) {
        int from = text.indexOf(label);
        if (from < 0) {
            throw new NumberFormatException(label + " is missing");
        }
        from += label.length();
        while (from < text.length() && !isDigit(text.charAt(from))) {
            from++;
        }
        int end = from;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return Long.parseLong(text, from, end, 10);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
