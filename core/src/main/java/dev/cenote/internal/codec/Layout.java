// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import java.io.ObjectStreamClass;
import java.io.ObjectStreamField;

/// The names and types of the fields that `java.io` sends of a class, as one number. The list itself is not sent;
/// the number says whether the reader's is the same, which `serialVersionUID` does not if the program has fixed it.
final class Layout {

    private static final ClassValue<Integer> LAYOUTS = new ClassValue<>() {
        @Override
        protected Integer computeValue(Class<?> type) {
            int hash = 1;
            for (ObjectStreamField field : ObjectStreamClass.lookupAny(type).getFields()) {
                hash = 31 * (31 * hash + field.getName().hashCode())
                        + field.getType().getName().hashCode();
            }
            return hash;
        }
    };

    private Layout() {}

    static int of(Class<?> type) {
        return LAYOUTS.get(type);
    }
}
