// SPDX-License-Identifier: Apache-2.0
package dev.cenote.stress;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/// What has begun, written down by those who begin it, in whichever process they are: to a file, whole numbers are
/// added by a single write each, which a kill does not tear.
final class Ledger {

    private Ledger() {}

    /// Writes down that an item has begun. For tasks.
    ///
    /// @param file where
    /// @param item its number
    static void note(String file, int item) throws IOException {
        try (FileOutputStream out = new FileOutputStream(file, true)) {
            out.write(ByteBuffer.allocate(Integer.BYTES).putInt(item).array());
        }
    }

    /// {@return how often each item has begun}
    ///
    /// @param file where that was written down
    /// @param items how many items there are
    static int[] runs(Path file, int items) throws IOException {
        int[] runs = new int[items];
        if (Files.exists(file)) {
            ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file));
            while (all.remaining() >= Integer.BYTES) {
                runs[all.getInt()]++;
            }
        }
        return runs;
    }
}
