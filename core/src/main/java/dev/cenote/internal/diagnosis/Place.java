// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.diagnosis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An object that was reached, and the step that led to it.
///
/// @param object the object
/// @param from where the step begins, or `null` for the root
/// @param step what is appended to the path, such as `.name` or `["key"]`; for what a lambda captures, how it is
///     called: `'name'`
/// @param kind what kind of step it was
record Place(Object object, @Nullable Place from, String step, Kind kind) {

    /// What a step means to the one who reads about it.
    enum Kind {
        /// The object with which everything begins.
        ROOT,
        /// A field, an element, a value.
        PART,
        /// A variable that a lambda captures.
        CAPTURE,
        /// The object in which a lambda was created.
        CAPTURED_THIS,
        /// The object of a method reference.
        RECEIVER,
        /// The object in which an inner class was instantiated.
        OUTER
    }

    /// Of a longer path, this many steps are shown at each end.
    private static final int SHOWN = 8;

    /// {@return the path from the root to here}
    ///
    /// @param what what the root is called
    String path(String what) {
        Deque<Place> steps = new ArrayDeque<>();
        for (Place place = this; place.from != null; place = place.from) {
            steps.push(place);
        }
        List<String> texts = new ArrayList<>();
        Place root = this;
        for (Place place = this; place != null; place = place.from) {
            root = place;
        }
        texts.add(root.rootText(what));
        for (Place step : steps) {
            texts.add(step.text());
        }
        int hidden = texts.size() - 2 * SHOWN;
        if (hidden > 1) {
            texts.subList(SHOWN, SHOWN + hidden).clear();
            texts.add(SHOWN, " ... (" + hidden + " more) ... ");
        }
        return String.join("", texts);
    }

    private String rootText(String what) {
        LambdaCode lambda = Names.lambda(object);
        return lambda != null ? lambda.text() : what + " (" + Names.type(object) + ")";
    }

    private String text() {
        return switch (kind) {
            case ROOT, PART -> step + lambdaText();
            case OUTER -> step;
            case CAPTURE, CAPTURED_THIS, RECEIVER ->
                " captures " + step + " (" + Names.type(object) + ")" + lambdaText();
        };
    }

    /// A lambda on the way is named with its place, as its variables come next.
    private String lambdaText() {
        LambdaCode lambda = Names.lambda(object);
        return lambda == null ? "" : ", " + lambda.text();
    }
}
