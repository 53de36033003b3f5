// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import java.io.Serial;
import java.io.Serializable;

/// Stands in a graph for an array that is attached; [ShipIn] puts the array in its place. Immutable.
final class AttachedRef implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    /// The tag of the array.
    final int tag;

    /// How many elements it has.
    final int count;

    AttachedRef(int tag, int count) {
        this.tag = tag;
        this.count = count;
    }
}
