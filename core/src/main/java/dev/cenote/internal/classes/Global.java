// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import java.io.IOException;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/// A static variable whose value is sent along with a task that reads it; see {@link Uses}.
///
/// @param type the class that declares it
/// @param field its name
/// @param value its value, at the time of the call here and to be set there
public record Global(Class<?> type, String field, @Nullable Object value) {

    /// Reads a variable, for which it initializes its class if need be.
    static Global of(Class<?> type, String field) throws ReflectiveOperationException {
        Field variable = type.getDeclaredField(field);
        variable.setAccessible(true);
        return new Global(type, field, variable.get(null));
    }

    /// Sets the variable in this process.
    void set() throws IOException {
        try {
            Field variable = type.getDeclaredField(field);
            variable.setAccessible(true);
            variable.set(null, value);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IOException("the variable " + type.getName() + "." + field + " cannot be set in this process", e);
        }
    }
}
