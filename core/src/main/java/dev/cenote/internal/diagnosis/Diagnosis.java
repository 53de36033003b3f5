// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.diagnosis;

import dev.cenote.NotShippableException;
import dev.cenote.internal.classes.ImplicitClass;
import dev.cenote.internal.classes.UnnamedClassException;
import dev.cenote.internal.diagnosis.Place.Kind;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Says why a value cannot travel to another process: which object is in the way, by which variables and fields it
/// is reached, and what can be done.
///
/// ```
/// cannot send the task out of this process: java.io.ByteArrayInputStream is not Serializable
///   path: lambda at Report.java:16 captures 'config' (app.Config).sources["db"][1]
///   fix: this ByteArrayInputStream belongs to this process. Create it inside the task, or send what is needed ...
/// ```
///
/// It looks for the object again, breadth first, so the path is the shortest there is. Each object is shown to
/// `java.io`, which says what it would write next, see {@link Probe}; so the search goes exactly where the encoding
/// went, but for what the encoding replaces by itself, which the caller must say. Names come from the debug
/// information of the class files, see {@link LambdaCode}.
///
/// It runs only when something has failed already, and so must not fail itself: whatever goes wrong here, the answer
/// is only shorter. Safe for use by several threads.
public final class Diagnosis {

    /// More objects than this are not looked at; a value of so many is explained without a path.
    private static final int MOST_OBJECTS = 500_000;

    private final Predicate<Object> substituted;

    /// What the failure says of a class that has no name elsewhere, if it is that.
    private final @Nullable UnnamedClassException unnamed;

    /// What `java.io` or the encoding said is not serializable: the name of a class, or a sentence with it.
    private final @Nullable String notSerializable;

    private final Deque<Place> open = new ArrayDeque<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    /// The first object that cannot be sent but is not the one that the failure names.
    private @Nullable Finding other;

    private record Finding(Place place, Throwable why) {}

    private Diagnosis(Throwable why, Predicate<Object> substituted) {
        this.substituted = substituted;
        this.unnamed = cause(why, UnnamedClassException.class);
        NotSerializableException refused = cause(why, NotSerializableException.class);
        this.notSerializable = refused == null ? null : refused.getMessage();
    }

    private static <X extends Throwable> @Nullable X cause(Throwable failure, Class<X> type) {
        Throwable next = failure;
        for (int i = 0; i < 100 && next != null; i++) { // causes may form a cycle
            if (type.isInstance(next)) {
                return type.cast(next);
            }
            next = next.getCause();
        }
        return null;
    }

    /// Explains a failure, for an encoding that {@linkplain #isSubstituted substitutes} what is usual.
    ///
    /// @param what what was to be sent, as a sentence calls it: `the task`, `item 17`, `the result of item 3`
    /// @param root the value
    /// @param why what the encoding threw
    /// @return the exception for the caller; the failure is its cause
    public static NotShippableException explain(String what, @Nullable Object root, Throwable why) {
        return explain(what, root, why, Diagnosis::isSubstituted);
    }

    /// Explains a failure.
    ///
    /// @param what what was to be sent, as a sentence calls it: `the task`, `item 17`, `the result of item 3`
    /// @param root the value
    /// @param why what the encoding threw
    /// @param substituted which objects the encoding can send although they are not `Serializable`; their parts are
    ///     looked at
    /// @return the exception for the caller; the failure is its cause
    public static NotShippableException explain(
            String what, @Nullable Object root, Throwable why, Predicate<Object> substituted) {
        String start = "cannot send " + what + " out of this process: ";
        try {
            String text = new Diagnosis(why, substituted).text(what, root);
            if (text != null) {
                return new NotShippableException(start + text, why);
            }
        } catch (Throwable e) {
            if (e != why) {
                why.addSuppressed(e); // the search has failed, not the explanation
            }
        }
        return new NotShippableException(start + plain(why), why);
    }

    /// {@return whether an encoding is expected to send an object although it is not `Serializable`}
    ///
    /// @param object the object
    public static boolean isSubstituted(Object object) {
        Class<?> type = object.getClass();
        if (object instanceof Record) {
            Module own = Diagnosis.class.getModule();
            return type.getModule().isOpen(type.getPackageName(), own)
                    || (Modifier.isPublic(type.getModifiers())
                            && type.getModule().isExported(type.getPackageName(), own));
        }
        return ImplicitClass.is(type)
                || object instanceof Optional<?>
                || object instanceof OptionalInt
                || object instanceof OptionalLong
                || object instanceof OptionalDouble
                || object instanceof Path
                || object instanceof Charset
                || object instanceof ByteBuffer
                || (type.getClassLoader() == null
                        && (object instanceof Collection<?>
                                || object instanceof Map<?, ?>
                                || object instanceof Map.Entry<?, ?>));
    }

    private static String plain(Throwable why) {
        if (why instanceof StackOverflowError) {
            return "it is nested too deeply (StackOverflowError)\n"
                    + "  fix: send a flat list instead of a chain of thousands of objects.";
        }
        try {
            UnnamedClassException unnamed = cause(why, UnnamedClassException.class);
            NotSerializableException refused = cause(why, NotSerializableException.class);
            if (unnamed != null) {
                return unnamed.text();
            }
            String said = refused == null ? null : refused.getMessage();
            return said == null ? why.toString() : isSentence(said) ? said : said + " is not Serializable";
        } catch (RuntimeException e) {
            return why.getClass().getName();
        }
    }

    private static boolean isSentence(String said) {
        return said.contains(" ");
    }

    private @Nullable String text(String what, @Nullable Object root) {
        Finding finding = root == null ? null : search(root);
        if (finding == null) {
            return null;
        }
        Remedy remedy = finding.why instanceof UnnamedClassException named
                ? new Remedy(
                        named.text(),
                        "use a class that is in a class file, or send what is needed to make it and make it on the"
                                + " other side.")
                : Remedy.of(finding.place, finding.why, what.startsWith("the result"));
        String code = code(finding.place);
        return remedy.problem()
                + "\n  path: " + finding.place.path(what)
                + (code == null ? "" : "\n  code: " + code)
                + "\n  fix: " + remedy.fix();
    }

    private static @Nullable String code(Place culprit) {
        for (Place place = culprit; place != null; place = place.from()) {
            LambdaCode lambda = Names.lambda(place.object());
            String line = lambda == null ? null : lambda.sourceLine();
            if (line != null) {
                return line;
            }
        }
        return null;
    }

    private @Nullable Finding search(Object root) {
        add(new Place(root, null, "", Kind.ROOT));
        while (!open.isEmpty() && seen.size() < MOST_OBJECTS) {
            Finding finding = look(open.remove());
            if (finding != null && isNamed(finding)) {
                return finding;
            }
            other = other == null ? finding : other;
        }
        return other;
    }

    /// The failure is about one object; if there are more, the one that it names is what the reader expects.
    private boolean isNamed(Finding finding) {
        if (unnamed != null) {
            return finding.why instanceof UnnamedClassException;
        }
        return notSerializable == null
                || isMentioned(finding.place.object().getClass().getName());
    }

    /// {@return whether the failure names a class: alone, or as a word of its sentence}
    private boolean isMentioned(String className) {
        if (notSerializable == null || !isSentence(notSerializable)) {
            return className.equals(notSerializable);
        }
        return List.of(notSerializable.split("[^\\w.$/]+", -1)).contains(className);
    }

    private void add(Place place) {
        if (!isLeaf(place.object()) && seen.add(place.object())) {
            open.add(place);
        }
    }

    /// What holds no other objects and always travels. A class does not, if it is one that has no name.
    private boolean isLeaf(Object object) {
        Class<?> type = object.getClass();
        return object instanceof Class<?>
                || object instanceof String
                || (object instanceof Number && type.getClassLoader() == null && object instanceof Comparable<?>)
                || object instanceof Boolean
                || object instanceof Character
                || (type.isArray() && type.componentType().isPrimitive());
    }

    /// {@return what is wrong with an object itself, or `null` after its parts were added}
    private @Nullable Finding look(Place place) {
        Object object = place.object();
        if (unnamed != null && element(object.getClass()) == unnamed.type()) {
            return new Finding(place, unnamed);
        }
        if (object instanceof Enum<?>) {
            return null;
        }
        if (notSerializable != null && isSentence(notSerializable) && isRefused(object)) {
            return new Finding(place, new NotSerializableException(notSerializable));
        }
        if (!(object instanceof Serializable)) {
            if (!substituted.test(object)) {
                return new Finding(
                        place, new NotSerializableException(object.getClass().getName()));
            }
            Structure.of(place).forEach(this::add);
            return null;
        }
        Probe probe = Probe.of(object);
        Throwable failure = probe.failure();
        if (failure != null) {
            return new Finding(place, failure);
        }
        SerializedLambda lambda = probe.lambda();
        if (lambda == null) {
            Structure.named(place, probe.parts()).forEach(this::add);
            return null;
        }
        if (unnamed != null && probe.capturing() == unnamed.type()) {
            return new Finding(place, unnamed);
        }
        captured(place, lambda, probe).forEach(this::add);
        return null;
    }

    /// The encoding may refuse what `java.io` would send, such as a lambda in a result.
    private boolean isRefused(Object object) {
        if (object instanceof Record) {
            return false; // what can be done about a record is said better below
        }
        if (object instanceof Serializable && Names.isLambda(object.getClass())) {
            Class<?> capturing = Probe.of(object).capturing();
            return capturing != null && isMentioned(capturing.getName());
        }
        return isMentioned(object.getClass().getName());
    }

    private static Class<?> element(Class<?> type) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.componentType();
        }
        return element;
    }

    private static List<Place> captured(Place place, SerializedLambda lambda, Probe probe) {
        LambdaCode code = new LambdaCode(lambda, probe.capturing());
        List<Place> captured = new ArrayList<>();
        for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
            Object value = lambda.getCapturedArg(i);
            if (value != null) {
                Kind kind = code.isThis(i) ? Kind.CAPTURED_THIS : code.isLambda() ? Kind.CAPTURE : Kind.RECEIVER;
                captured.add(new Place(value, place, code.captured(i), kind));
            }
        }
        return captured;
    }
}
