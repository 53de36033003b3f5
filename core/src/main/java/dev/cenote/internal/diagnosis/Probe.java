// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.diagnosis;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks at one object as `java.io` does: writes it to nowhere, and notes which objects it hands over to be written
/// next, without writing those.
///
/// That needs no access to fields, so it goes through classes of the JDK as well, and it obeys each class's own
/// `writeObject` and `writeReplace`, so that nothing is blamed which would not have been sent.
final class Probe extends ObjectOutputStream {

    private final List<Object> parts = new ArrayList<>();
    private @Nullable SerializedLambda lambda;
    private @Nullable Class<?> capturing;
    private @Nullable Throwable failure;
    private @Nullable Object written;

    private Probe() throws IOException {
        super(OutputStream.nullOutputStream());
        enableReplaceObject(true);
    }

    /// Looks at an object.
    static Probe of(Object object) {
        try (Probe probe = new Probe()) {
            probe.look(object);
            return probe;
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory cannot fail
        }
    }

    private void look(Object object) {
        try {
            writeObject(object);
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    /// {@return the objects that would be written next, in order; for a lambda what it captures}
    List<Object> parts() {
        return parts;
    }

    /// {@return the object itself or what it wants to be written instead; `null` if it did not get that far}
    @Nullable
    Object written() {
        return written;
    }

    /// {@return the serialized form if the object is a lambda or a method reference}
    @Nullable
    SerializedLambda lambda() {
        return lambda;
    }

    /// {@return the class in which the lambda was created}
    @Nullable
    Class<?> capturing() {
        return capturing;
    }

    /// {@return why this object itself cannot be written, or `null` if it can}
    @Nullable
    Throwable failure() {
        return failure;
    }

    /// The first object is the one that is looked at, or its replacement.
    @Override
    protected @Nullable Object replaceObject(Object object) {
        if (written == null) {
            written = object;
            if (object instanceof SerializedLambda form) {
                lambda = form;
                for (int i = 0; i < form.getCapturedArgCount(); i++) {
                    parts.add(form.getCapturedArg(i)); // null too, so that the numbers are right
                }
            }
            return object;
        }
        if (lambda == null) {
            parts.add(object);
        }
        return null;
    }

    /// A lambda gives away only the name of the class that it comes from; here the class itself passes by.
    @Override
    protected void annotateClass(Class<?> type) {
        if (lambda != null && type.getName().equals(lambda.getCapturingClass().replace('/', '.'))) {
            capturing = type;
        }
    }
}
