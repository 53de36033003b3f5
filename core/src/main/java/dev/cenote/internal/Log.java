// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal;

/// Where this library logs. The logger is made when there is something to log: that takes 15 ms in a fresh JVM, which
/// no start should pay.
public final class Log {

    private static final System.Logger LOGGER = System.getLogger("dev.cenote");

    private Log() {}

    /// {@return the logger `dev.cenote`}
    public static System.Logger get() {
        return LOGGER;
    }
}
