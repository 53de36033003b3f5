// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

/// The ways in which bytes can go; every test of a channel runs on each.
enum Way {
    RINGS(true, true),
    RINGS_AND_TCP(true, false),
    SOCKET(false, true),
    TCP(false, false);

    static final int RING_BYTES = 1 << 16;

    final boolean sharedMemory;
    final boolean unixSockets;

    Way(boolean sharedMemory, boolean unixSockets) {
        this.sharedMemory = sharedMemory;
        this.unixSockets = unixSockets;
    }

    ChannelOptions options() {
        return options(RING_BYTES);
    }

    ChannelOptions options(int ringBytes) {
        return new ChannelOptions(sharedMemory, unixSockets, ringBytes);
    }
}
