// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/// A way of one's own to turn items and results into bytes, for pools whose workers are other processes.
///
/// The default turns plain values, collections and records of them into a compact form and everything else into the
/// form of {@link java.io.ObjectOutputStream}. A codec replaces this for items and results as a whole, for example
/// by the format of a library that the program uses anyway. Functions, and the objects that they capture, still
/// travel the default way, and so does the codec itself: it is sent to each worker.
///
/// ## Thread safety
///
/// A codec is used by several threads at the same time.
///
/// ## Failure
///
/// What {@link #encode(Object)} throws becomes the cause of a {@link NotShippableException} for the one item or
/// result; what {@link #decode(byte[])} throws is the failure of that item.
///
/// @since 0.1
public interface Codec extends Serializable {

    /// Turns a value into bytes.
    ///
    /// @param value an item or a result
    /// @return the bytes; they are not changed afterwards
    /// @throws Exception if the value cannot be encoded
    byte[] encode(@Nullable Object value) throws Exception;

    /// Turns bytes into the value that was encoded.
    ///
    /// @param bytes what {@link #encode(Object)} has returned in the other process
    /// @return the value
    /// @throws Exception if the bytes cannot be decoded
    @Nullable
    Object decode(byte[] bytes) throws Exception;
}
