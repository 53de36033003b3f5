// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.remote;

/// A task as it travels to workers outside this JVM. For any thread.
public interface Shipment {

    /// Tells that the task will not be used any more, so that workers need not keep it.
    void release();

    /// {@return how many bytes it holds until it is released}
    default int bytes() {
        return 0;
    }
}
