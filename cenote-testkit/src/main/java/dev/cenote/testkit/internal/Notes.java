// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.Serializable;
import java.util.List;

/// What tasks tell their test while they run, whichever process they run in: they capture it and add lines.
public abstract class Notes implements Serializable {

    Notes() {}

    /// Adds a line; it is there when this returns.
    ///
    /// @param line what to tell, as text
    /// @return how many there are with it
    public abstract int add(Object line);

    /// {@return all lines in their order; for the test}
    public abstract List<String> all();

    /// {@return how many there are; for the test}
    public final int count() {
        return all().size();
    }
}
