// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

/// What the calls of a pool have found out about a function, for the next call of the same.
///
/// Read and written without order: an old value costs a chunk of another size.
final class Experience {

    /// The expected run time of one item; negative while unknown.
    volatile double meanNanos = -1;
}
