// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.NotShippableException;
import dev.cenote.internal.diagnosis.Diagnosis;
import org.jspecify.annotations.Nullable;

/// Explains by a diagnosis, which is loaded when it is needed.
public final class Explained implements Explainer {

    /// Creates an explainer.
    public Explained() {}

    @Override
    public NotShippableException explain(String what, @Nullable Object root, Throwable why) {
        return Diagnosis.explain(what, root, why);
    }
}
