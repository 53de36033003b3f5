/// The bytes between a pool's process and one worker: rings in shared memory or a socket for data, a socket for
/// control, and the handshake that makes them. It knows no tasks.
package dev.cenote.internal.channel;
