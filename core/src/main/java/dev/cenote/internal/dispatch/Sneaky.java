// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

/// Throws what the user's own code has thrown, whatever its type, as itself.
final class Sneaky {

    private Sneaky() {}

    static RuntimeException sneak(Throwable error) {
        throw Sneaky.<RuntimeException>as(error);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the cast is not checked: that is the point
    private static <E extends Throwable> E as(Throwable error) throws E {
        throw (E) error;
    }
}
