// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

/// What the first byte of a frame says.
///
/// | on a connection for calls | content | answer |
/// | --- | --- | --- |
/// | [#CALL] | u64 call, u64 object, u8 operation, u64 thread, u64 nanos, the argument | the answer |
/// | [#RESUME] | u64 call, made on a connection that was lost | its answer, or nothing if it never came |
/// | [#ABANDON] | the same | the same, but without waiting any longer |
///
/// | on the control connection | content | answer |
/// | --- | --- | --- |
/// | [#TELL] | u64 object, u8 operation, the argument | |
/// | [#SETTLE] | | n x u64: the objects that have refused what they were told since the last |
/// | [#BYE] | | |
final class Frames {

    static final int CALL = 1;
    static final int RESUME = 2;
    static final int ABANDON = 3;
    static final int TELL = 4;
    static final int SETTLE = 5;
    static final int BYE = 6;

    private Frames() {}
}
