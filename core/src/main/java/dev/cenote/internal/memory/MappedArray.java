// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import java.lang.foreign.MemorySegment;

/// What the arrays have in common.
///
/// An access ends with a fence, as the memory is unmapped when nobody can reach the array any more, and the last access
/// to it might be going on then.
abstract sealed class MappedArray extends Shared permits MappedBytes, MappedInts, MappedLongs, MappedDoubles {

    /// The most elements that any array can have.
    static final int LONGEST = Integer.MAX_VALUE - 8;

    final MemorySegment data;
    final long length;

    MappedArray(Region region) {
        super(region);
        this.data = region.data;
        this.length = region.bytes / region.kind.elementBytes;
    }

    public final long length() {
        return length;
    }

    public final MemorySegment memory() {
        return region().view();
    }

    /// Refuses to copy what no array can hold.
    final void checkFitsArray() {
        if (length > LONGEST) {
            throw new IllegalStateException(this + " does not fit into an array");
        }
    }
}
