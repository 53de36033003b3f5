// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.classes.ImplicitClass;
import java.io.InvalidObjectException;
import java.io.Serial;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Stands in a stream of `java.io` for the object of a compact source file, see [ImplicitClass]. Only tasks take it
/// along; what comes from a worker may not hold it.
final class ImplicitStand implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Class<?> type;
    private final @Nullable Object[] values;

    private ImplicitStand(Class<?> type, @Nullable Object[] values) {
        this.type = type;
        this.values = values;
    }

    static ImplicitStand of(Object object) {
        List<Field> fields = ImplicitClass.fields(object.getClass());
        @Nullable Object[] values = new Object[fields.size()];
        try {
            for (int i = 0; i < values.length; i++) {
                values[i] = fields.get(i).get(object);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e); // they were made accessible
        }
        return new ImplicitStand(object.getClass(), values);
    }

    @Serial
    private Object readResolve() throws InvalidObjectException {
        List<Field> fields = ImplicitClass.is(type) ? ImplicitClass.fields(type) : List.of();
        if (fields.size() != values.length) {
            throw new InvalidObjectException("no object of a compact source file: " + type);
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            Object made = constructor.newInstance();
            for (int i = 0; i < values.length; i++) {
                fields.get(i).set(made, values[i]);
            }
            return made;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            InvalidObjectException failed =
                    new InvalidObjectException("the object of " + type.getName() + " cannot be made here: " + e);
            failed.initCause(e);
            throw failed;
        }
    }
}
