// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

/// A process that uses the shared objects of this one, or this process itself.
///
/// Safe for use by several threads.
abstract class Party {

    /// This process.
    static final Party SELF = new Party() {
        @Override
        void touch(Resource resource) {}

        @Override
        boolean isGone() {
            return false;
        }

        @Override
        public String toString() {
            return "this process";
        }
    };

    /// Remembers an object that must be told when the party ends.
    abstract void touch(Resource resource);

    /// {@return whether the party has ended}
    ///
    /// Whoever lets a party wait, or gives it something to hold, asks this under the monitor of the object: the end of
    /// a party becomes visible here before the object is told of it.
    abstract boolean isGone();
}
