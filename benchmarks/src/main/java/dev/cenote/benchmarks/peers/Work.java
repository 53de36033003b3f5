// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

/// What both sides are given to do. In every round each side does each of these once, in turns.
enum Work {
    /// Calls with 64 bytes each way, one after another: the time of each.
    CALL(5, 2_000),

    /// Items of a function that does nothing, each sent by itself: the time of all.
    SINGLE(5, 100_000),

    /// The same items, sent as the pool sees fit.
    CHUNKS(7, 100_000),

    /// An array of bytes to a worker and back.
    BYTES(5, 256 << 20),

    /// An array of longs of as many bytes.
    LONGS(5, 256 << 20),

    /// A first pool of two, a thousand squares, and its end, in a process that has had no pool before.
    START(15, 1_000),

    /// What a pool that has nothing to do takes of memory and CPU.
    REST(3, 5);

    private final int rounds;
    private final int size;

    Work(int rounds, int size) {
        this.rounds = rounds;
        this.size = size;
    }

    int rounds() {
        return rounds;
    }

    /// {@return how many calls, items, bytes or seconds}
    int size() {
        return size;
    }
}
