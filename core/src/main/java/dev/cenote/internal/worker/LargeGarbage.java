// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.worker;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/// Has the large arrays collected that came to this process and left it.
///
/// The serial collector takes fresh memory for an array that does not fit, up to the limit of the heap, before it looks
/// for what nobody needs any more. Fresh memory is the most expensive part of a large item: 0.3 to 3 seconds a gigabyte
/// where it was measured, as the system has to find and to clear each page, against some milliseconds for the
/// collection of a heap in which little is alive. So the heap is collected when as much has come and gone as is alive,
/// and at least [#LEAST]. It is done between an answer and the next request.
///
/// Other collectors look after large arrays by themselves; with them this does nothing.
///
/// For one thread.
final class LargeGarbage {

    /// How many bytes are worth a collection.
    static final long LEAST = 128 << 20;

    private static final String SERIAL = "MarkSweepCompact";

    /// What had passed at the last collection, and what was alive after it.
    private long collected;

    private long alive;

    /// Whether the collector of this JVM wants no help; asked late, as the answer takes a fresh JVM long.
    private boolean useless;

    /// Collects the heap if that is worth it.
    ///
    /// @param passed how many bytes of large arrays have come and gone since the process was started
    void look(long passed) {
        if (passed - collected >= Math.max(LEAST, alive) && !useless) {
            collected = passed;
            useless = !isSerial();
            if (!useless) {
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                alive = runtime.totalMemory() - runtime.freeMemory();
            }
        }
    }

    private static boolean isSerial() {
        for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (each.getName().equals(SERIAL)) {
                return true;
            }
        }
        return false;
    }
}
