// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

/// The threads of this room: platform threads, as each of them spends its life in a call that would hold the carrier
/// of a virtual one (a read from a pipe) or must run although the user's virtual threads keep all carriers busy (the
/// wait for a death). Their stacks are small; they keep neither the class loader nor the inheritable values of the
/// thread that happened to start them.
final class Threads {

    /// Enough for code of the JDK and of this room.
    private static final long STACK = 256 << 10;

    private Threads() {}

    /// Starts a daemon thread that runs no code of the user.
    static Thread start(String name, Runnable action) {
        Thread thread = make(name, action, STACK);
        thread.start();
        return thread;
    }

    /// {@return a daemon thread, not started}
    ///
    /// @param stack the size of its stack; 0 for the default
    static Thread make(String name, Runnable action, long stack) {
        Thread thread = new Thread(null, action, name, stack, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }
}
