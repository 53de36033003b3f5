// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

/// How a channel is made. What is not possible on this machine is replaced by something slower that works the same.
///
/// @param sharedMemory whether data goes through rings in shared memory; through a socket otherwise
/// @param unixSockets whether the sockets are Unix-domain sockets; loopback TCP otherwise
/// @param ringBytes the size of the ring of each direction, a power of two from 4 KiB to 256 MiB
public record ChannelOptions(boolean sharedMemory, boolean unixSockets, int ringBytes) {

    /// The system property that turns faster ways off, in case they do not work somewhere: `socket` for no shared
    /// memory, `tcp` for no Unix-domain sockets, or `socket,tcp`.
    public static final String PROPERTY = "dev.cenote.channel";

    private static final int DEFAULT_RING_BYTES = 1 << 20;
    private static final int MIN_RING_BYTES = 1 << 12;
    private static final int MAX_RING_BYTES = 1 << 28;

    /// Checks the size.
    public ChannelOptions {
        if (!isRingSize(ringBytes)) {
            throw new IllegalArgumentException("ringBytes=" + ringBytes + ": expected a power of two from "
                    + MIN_RING_BYTES + " to " + MAX_RING_BYTES);
        }
    }

    static boolean isRingSize(int bytes) {
        return bytes >= MIN_RING_BYTES && bytes <= MAX_RING_BYTES && Integer.bitCount(bytes) == 1;
    }

    /// {@return the fastest way, unless the system property says otherwise}
    public static ChannelOptions defaults() {
        boolean sharedMemory = true;
        boolean unixSockets = true;
        for (String word : System.getProperty(PROPERTY, "").split(",", -1)) {
            switch (word.strip()) {
                case "" -> {}
                case "socket" -> sharedMemory = false;
                case "tcp" -> unixSockets = false;
                default ->
                    throw new IllegalArgumentException(
                            "system property " + PROPERTY + ": expected socket, tcp or both, got '" + word + "'");
            }
        }
        return new ChannelOptions(sharedMemory, unixSockets, DEFAULT_RING_BYTES);
    }
}
