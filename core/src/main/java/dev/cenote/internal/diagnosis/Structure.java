// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.diagnosis;

import dev.cenote.internal.Text;
import dev.cenote.internal.diagnosis.Place.Kind;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamField;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The parts of an object as a program names them: fields, elements, values of keys.
///
/// Only collections of the JDK are walked through as such; those of the user are objects with fields like any other,
/// so that no code of the user runs. Fields in packages that are not open to this library have no names here.
final class Structure {

    private static final String OUTER_FIELD = "this$";
    private static final String CAPTURE_FIELD = "val$";

    private final Place owner;
    private final List<Place> parts = new ArrayList<>();

    private Structure(Place owner) {
        this.owner = owner;
    }

    /// {@return the parts of an object}
    static List<Place> of(Place owner) {
        Structure structure = new Structure(owner);
        structure.look(owner.object());
        return structure.parts;
    }

    /// {@return the places of parts that `java.io` was seen to write, with the names that they have here, if any}
    ///
    /// What it writes may be the stand-in of a part. It is a new object each time, so it is recognized by its class
    /// and by its turn.
    static List<Place> named(Place owner, List<Object> found) {
        List<Place> parts = of(owner);
        IdentityHashMap<Object, Place> names = new IdentityHashMap<>();
        for (Place part : parts) {
            names.putIfAbsent(part.object(), part);
        }
        Iterator<Place> turns = parts.iterator();
        List<Place> places = new ArrayList<>();
        for (Object part : found) {
            Place named = names.get(part);
            if (named == null) {
                named = standIn(part, turns);
            }
            places.add(named != null ? named : new Place(part, owner, unnamed(owner.object(), part), Kind.PART));
        }
        return places;
    }

    private static @Nullable Place standIn(Object found, Iterator<Place> turns) {
        while (turns.hasNext()) {
            Place next = turns.next();
            if (next.object() instanceof Serializable && next.object().getClass() != found.getClass()) {
                Object written = Probe.of(next.object()).written();
                if (written != null && written.getClass() == found.getClass()) {
                    return next;
                }
            }
        }
        return null;
    }

    /// The names and types of the fields that `java.io` writes are public even if the fields are not.
    private static String unnamed(Object object, Object part) {
        List<String> names = new ArrayList<>();
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            ObjectStreamClass form = ObjectStreamClass.lookup(type);
            for (ObjectStreamField field : form == null ? new ObjectStreamField[0] : form.getFields()) {
                if (field.getType().isInstance(part)) {
                    names.add(field.getName());
                }
            }
        }
        return names.size() == 1 ? "." + names.getFirst() : "[somewhere inside]";
    }

    private void look(Object object) {
        boolean ofJdk = object.getClass().getClassLoader() == null;
        switch (object) {
            case Object[] array -> addAll(Arrays.asList(array));
            case List<?> list when ofJdk -> addAll(list);
            case Collection<?> collection when ofJdk -> collection.forEach(element -> add(element, "[element]"));
            case Map<?, ?> map when ofJdk -> map.forEach(this::addEntry);
            case Map.Entry<?, ?> entry
            when ofJdk -> {
                add(entry.getKey(), ".getKey()");
                add(entry.getValue(), ".getValue()");
            }
            case Optional<?> optional -> add(optional.orElse(null), ".get()");
            default -> addFields(object);
        }
    }

    private void addAll(List<?> elements) {
        int index = 0;
        for (Object element : elements) {
            add(element, "[" + index++ + "]");
        }
    }

    private void addEntry(@Nullable Object key, @Nullable Object value) {
        add(key, "[key]");
        add(value, "[" + Text.ofPlain(key) + "]");
    }

    private void addFields(Object object) {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())
                        && !field.getType().isPrimitive()
                        && field.trySetAccessible()) {
                    addField(object, field);
                }
            }
        }
    }

    private void addField(Object object, Field field) {
        Object value;
        try {
            value = field.get(object);
        } catch (IllegalAccessException e) {
            return;
        }
        String name = field.getName();
        if (value != null && name.startsWith(CAPTURE_FIELD)) {
            parts.add(new Place(value, owner, "'" + name.substring(CAPTURE_FIELD.length()) + "'", Kind.CAPTURE));
        } else if (value != null && name.startsWith(OUTER_FIELD) && field.isSynthetic()) {
            parts.add(new Place(value, owner, "." + name + " (" + Names.type(value) + ")", Kind.OUTER));
        } else {
            add(value, "." + name);
        }
    }

    private void add(@Nullable Object part, String step) {
        if (part != null) {
            parts.add(new Place(part, owner, step, Kind.PART));
        }
    }
}
