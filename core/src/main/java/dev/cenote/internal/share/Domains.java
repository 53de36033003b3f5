// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.classes.PlainNames;
import dev.cenote.internal.codec.Explained;
import dev.cenote.internal.codec.Side;
import dev.cenote.internal.codec.ValueCodec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The codecs of this process, by the pool whose names of classes they use.
///
/// A class that is not on the class path has a name only between a pool and its workers, and among these. So values
/// that two processes exchange go through the codec of a pool that both belong to, as its owner or as a worker. Two
/// that have none in common, such as a worker and the grandparent of its pool, name classes of the class path only.
///
/// Safe for use by several threads.
public final class Domains {

    private static final Map<Long, Domain> KNOWN = new ConcurrentHashMap<>();

    /// A codec and its number.
    ///
    /// @param id the number of the pool; 0 for none
    /// @param codec the codec
    record Domain(long id, ValueCodec codec) {}

    /// For processes that have no pool in common; made when it is needed.
    private static final class Plain {
        static final Domain DOMAIN = new Domain(0, new ValueCodec(new PlainNames(), Side.PARENT, new Explained()));
    }

    private Domains() {}

    /// Adds the codec of a pool.
    ///
    /// @param id a random number of the pool, the same in its workers
    /// @param codec its codec in this process
    public static void add(long id, ValueCodec codec) {
        KNOWN.put(id, new Domain(id, codec));
    }

    /// Forgets the codec of a pool that was closed.
    ///
    /// @param id its number
    public static void remove(long id) {
        KNOWN.remove(id);
    }

    /// {@return the domain of processes that have no pool in common}
    static Domain plain() {
        return Plain.DOMAIN;
    }

    static long[] ids() {
        return KNOWN.keySet().stream().mapToLong(Long::longValue).toArray();
    }

    /// {@return the first domain of the other process that this one has too}
    static Domain common(long[] theirs) {
        for (long id : theirs) {
            Domain known = KNOWN.get(id);
            if (known != null) {
                return known;
            }
        }
        return plain();
    }

    /// {@return the domain that the other process has chosen}
    static Domain chosen(long id) {
        Domain known = KNOWN.get(id);
        return known == null ? plain() : known;
    }
}
