// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

/// The answer that a call has failed.
///
/// @param why what the caller gets thrown
record Failed(Throwable why) {

    /// Throws an exception as itself, checked or not.
    ///
    /// @param why the exception
    /// @return never
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler shall not know what is thrown
    static <E extends Throwable> RuntimeException thrown(Throwable why) throws E {
        throw (E) why;
    }
}
