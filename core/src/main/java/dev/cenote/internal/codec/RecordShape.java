// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import java.io.Externalizable;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/// How records of one class are taken apart and built: by their fields and their canonical constructor, as `java.io`
/// does it, but also if the class is not serializable.
///
/// Immutable.
final class RecordShape {

    final Class<?> type;

    /// For each component the letter of its primitive type, or `L`.
    final char[] kinds;

    /// The names and types of the components as one number, by which two versions of the class can be told apart.
    final int fingerprint;

    /// Whether no component can hold a value that holds others.
    final boolean leaf;

    /// Whether the class is serializable and replaces itself on the way, which only `java.io` can do.
    final boolean hasHooks;

    /// Why the parts are out of reach, with advice; `null` if they are not.
    final @Nullable String refusal;

    /// The fields. Unlike method handles with an adapted type, they cost a new JVM no classes of their own
    /// (measured: 7 ms instead of 13 for the first record).
    private final VarHandle[] fields;

    /// The accessors, each from an object to an object, if the fields are out of reach; else `null`.
    private final MethodHandle @Nullable [] accessors;

    /// From an array with the values of all components to the record.
    private final @Nullable MethodHandle constructor;

    private RecordShape(Class<?> type, RecordComponent[] components) {
        this.type = type;
        this.kinds = new char[components.length];
        this.hasHooks = Serializable.class.isAssignableFrom(type)
                && (Externalizable.class.isAssignableFrom(type) || replacesItself(type));
        int hash = 1;
        boolean onlyLeaves = true;
        for (int i = 0; i < components.length; i++) {
            Class<?> of = components[i].getType();
            kinds[i] = of.isPrimitive() ? of.descriptorString().charAt(0) : 'L';
            hash = 31 * (31 * hash + components[i].getName().hashCode())
                    + of.getName().hashCode();
            onlyLeaves &= isLeaf(of);
        }
        this.fingerprint = hash;
        this.leaf = onlyLeaves;
        Access access = Access.to(type, components);
        this.fields = access.fields;
        this.accessors = access.accessors;
        this.constructor = access.constructor;
        this.refusal = access.refusal;
    }

    static RecordShape of(Class<?> type) {
        return new RecordShape(type, type.getRecordComponents());
    }

    private static boolean replacesItself(Class<?> type) {
        for (Method method : type.getDeclaredMethods()) {
            String name = method.getName();
            if (method.getParameterCount() == 0 && (name.equals("writeReplace") || name.equals("readResolve"))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLeaf(Class<?> component) {
        if (component.isPrimitive() || component.isEnum()) {
            return true;
        }
        if (component.isArray() || component.isRecord()) {
            return false; // not asked for its shape: it may be the record that is being looked at
        }
        Shape shape = Shape.of(component);
        return shape.tag != Tags.NONE && shape.tag <= Tags.LAST_LEAF && !shape.mutable;
    }

    /// The handles of a record.
    private static final class Access {

        private VarHandle[] fields = {};
        private MethodHandle @Nullable [] accessors;
        private @Nullable MethodHandle constructor;
        private @Nullable String refusal;

        /// A package that is not open to this library may still be exported, and then the public methods of a public
        /// record do as well.
        static Access to(Class<?> type, RecordComponent[] components) {
            Access access = new Access();
            RecordShape.class.getModule().addReads(type.getModule());
            try {
                access.openFields(type, components);
            } catch (IllegalAccessException closed) {
                try {
                    access.openMethods(type, components);
                } catch (IllegalAccessException e) {
                    access.refusal =
                            "the record " + type.getName() + " is not Serializable and its package is not open: let "
                                    + type.getSimpleName() + " implement java.io.Serializable, or add `opens "
                                    + type.getPackageName() + " to dev.cenote` to the module "
                                    + type.getModule().getName();
                }
            }
            return access;
        }

        private void openFields(Class<?> type, RecordComponent[] components) throws IllegalAccessException {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            fields = new VarHandle[components.length];
            try {
                for (int i = 0; i < components.length; i++) {
                    fields[i] = lookup.findVarHandle(type, components[i].getName(), components[i].getType());
                }
            } catch (NoSuchFieldException e) {
                throw new AssertionError(e); // the language gives each component a field
            }
            constructor = constructor(lookup, type, components);
        }

        private void openMethods(Class<?> type, RecordComponent[] components) throws IllegalAccessException {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MethodHandle[] all = new MethodHandle[components.length];
            for (int i = 0; i < components.length; i++) {
                all[i] = lookup.unreflect(components[i].getAccessor())
                        .asType(MethodType.methodType(Object.class, Object.class));
            }
            constructor = constructor(lookup, type, components);
            accessors = all;
        }

        private static MethodHandle constructor(
                MethodHandles.Lookup lookup, Class<?> type, RecordComponent[] components)
                throws IllegalAccessException {
            Class<?>[] types = new Class<?>[components.length];
            for (int i = 0; i < types.length; i++) {
                types[i] = components[i].getType();
            }
            try {
                return RecordMaker.of(lookup, type, types);
            } catch (NoSuchMethodException e) {
                throw new AssertionError(e); // the language gives each record this constructor
            }
        }
    }

    /// {@return whether the fields are in reach}
    boolean isOpen() {
        return accessors == null;
    }

    /// {@return the field of a component, if the fields are in reach}
    ///
    /// @param index which
    VarHandle field(int index) {
        return fields[index];
    }

    /// {@return the values of all components}
    ///
    /// @param record a record of this class
    /// @throws NotSerializableException if they are out of reach
    @Nullable
    Object[] split(Object record) throws NotSerializableException {
        if (refusal != null) {
            throw new NotSerializableException(refusal);
        }
        @Nullable Object[] values = new Object[kinds.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = accessors == null ? fields[i].get(record) : access(accessors[i], record);
        }
        return values;
    }

    private static @Nullable Object access(MethodHandle accessor, Object record) {
        try {
            return (Object) accessor.invokeExact(record);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e); // an accessor declares no checked exceptions
        }
    }

    /// {@return a record of these values}
    ///
    /// @param values the values of all components
    /// @throws InvalidObjectException if its constructor refuses them
    /// @throws InvalidClassException if the constructor is out of reach
    Object build(@Nullable Object[] values) throws InvalidObjectException, InvalidClassException {
        if (constructor == null) {
            throw new InvalidClassException(String.valueOf(refusal));
        }
        try {
            return (Object) constructor.invokeExact(values);
        } catch (StackOverflowError | OutOfMemoryError e) {
            throw e;
        } catch (Throwable e) {
            InvalidObjectException refused =
                    new InvalidObjectException("the constructor of " + type.getName() + " has thrown " + e);
            refused.initCause(e);
            throw refused;
        }
    }

    /// Checks that the sender's version of the class has the same components.
    ///
    /// @param sent the sender's fingerprint
    /// @throws InvalidClassException if not
    void check(int sent) throws InvalidClassException {
        if (sent != fingerprint) {
            throw new InvalidClassException(
                    type.getName(),
                    "the components of this record differ between the pool's process and its worker; did the class path"
                            + " change on disk?");
        }
    }
}
