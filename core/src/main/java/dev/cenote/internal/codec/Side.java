// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

/// On which side of a channel a codec stands.
public enum Side {
    /// In the process that has the pool: it sends functions and items, and limits and filters what it reads.
    PARENT,

    /// In a worker: it trusts what it reads, since it is there to run it, and sends neither functions nor proxies.
    WORKER
}
