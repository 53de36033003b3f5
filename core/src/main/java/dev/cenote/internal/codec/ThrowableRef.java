// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import java.io.Serial;
import java.io.Serializable;

/// Stands inside the stream of one exception for another one of the same message.
///
/// @param index the number of the other; [#LEFT_OUT] for one that was not sent
record ThrowableRef(int index) implements Serializable {

    static final int LEFT_OUT = -1;

    @Serial
    private static final long serialVersionUID = 1L;
}
