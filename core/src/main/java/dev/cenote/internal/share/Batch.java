// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.share.Domains.Domain;
import java.util.List;

/// Items on their way from or to a queue.
///
/// @param slot where the reader claims them, see [Claims]; -1 if they are its own already
/// @param base how many the reader has claimed before the first of these
/// @param items the items
record Batch(int slot, int base, List<Item> items) {

    /// More bytes than this are not written by a thread that has other things to do.
    private static final int SMALL = 16 << 10;

    /// {@return whether it can be written without running code of the user, and without waiting for the reader}
    boolean isReadyFor(Domain domain) {
        int bytes = 0;
        for (Item item : items) {
            bytes += item.length + Integer.BYTES;
            if (bytes > SMALL || !item.isReadyFor(domain)) {
                return false;
            }
        }
        return true;
    }
}
