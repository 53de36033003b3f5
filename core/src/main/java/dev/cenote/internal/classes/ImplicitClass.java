// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/// The class that a compact source file makes without saying so: methods and variables at the top of `Example.java` are
/// those of an object of it.
///
/// Who writes `pool.map(numbers, n -> square(n))` in such a file sees no object, and cannot declare it `Serializable`.
/// So it travels as captured variables do: by its fields, into an object that is made by its constructor. The compiler
/// does not mark such a class, but allows it nothing by which it could be mistaken: it is final, in no package, extends
/// and implements nothing, has one constructor without parameters, and a `main` that is a method of the object.
public final class ImplicitClass {

    private static final ClassValue<Boolean> KNOWN = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return compute(type);
        }
    };

    private ImplicitClass() {}

    /// {@return whether this is such a class}
    ///
    /// @param type any class
    public static boolean is(Class<?> type) {
        return KNOWN.get(type);
    }

    private static boolean compute(Class<?> type) {
        if (type.getModifiers() != Modifier.FINAL
                || !type.getPackageName().isEmpty()
                || type.getSuperclass() != Object.class
                || type.getInterfaces().length > 0
                || type.getEnclosingClass() != null) {
            return false;
        }
        try {
            Constructor<?>[] constructors = type.getDeclaredConstructors();
            return constructors.length == 1
                    && constructors[0].getParameterCount() == 0
                    && constructors[0].getModifiers() == 0
                    && hasMain(type);
        } catch (LinkageError e) { // of a class that is named there
            return false;
        }
    }

    private static boolean hasMain(Class<?> type) {
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals("main") && !Modifier.isStatic(method.getModifiers())) {
                return true;
            }
        }
        return false;
    }

    /// {@return the fields of such a class whose values make the object what it is, in an order that is the same in
    /// each process}
    ///
    /// @param type such a class
    public static List<Field> fields(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) { // in the order of the class file
            if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
                field.setAccessible(true);
                fields.add(field);
            }
        }
        return fields;
    }
}
