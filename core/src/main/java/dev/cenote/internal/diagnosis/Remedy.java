// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.diagnosis;

import dev.cenote.Pool;
import java.io.NotSerializableException;
import java.util.Iterator;
import java.util.stream.BaseStream;

/// What is wrong with an object that cannot be sent, and what the user can do.
///
/// @param problem what is wrong
/// @param fix what can be done
record Remedy(String problem, String fix) {

    private static final String REBUILD = "send what is needed to build it, and build it on the other side.";

    /// Says it of an object.
    ///
    /// @param place the object and the path to it
    /// @param why what the object's own code threw when it was to be written
    /// @param isResult whether it goes from a worker to the pool
    static Remedy of(Place place, Throwable why, boolean isResult) {
        Object object = place.object();
        Class<?> type = object.getClass();
        if (why instanceof NotSerializableException
                && String.valueOf(why.getMessage()).contains(" ")) {
            return new Remedy(String.valueOf(why.getMessage()), REBUILD);
        }
        if (!(why instanceof NotSerializableException)
                || !String.valueOf(why.getMessage()).equals(type.getName())) {
            return new Remedy(Names.type(object) + " does not let itself be sent: " + why, REBUILD);
        }
        if (Names.isLambda(type)) {
            return ofLambda(type);
        }
        return new Remedy(Names.type(object) + " is not Serializable", fix(place, type, isResult));
    }

    private static Remedy ofLambda(Class<?> type) {
        String target = Names.interfaces(type);
        String ours = switch (target) {
            case "java.util.concurrent.Callable" -> "Job";
            case "java.lang.Runnable" -> "VoidJob";
            case "java.util.function.BiFunction" -> "Func2";
            case "java.util.function.Consumer" -> "Action";
            default -> "Func";
        };
        return new Remedy(
                "a lambda that is a " + target + " is not Serializable",
                "declare its variable as dev.cenote." + ours + " instead of " + target
                        + ", or cast it where it is created: (" + target + " & java.io.Serializable) ...");
    }

    private static String fix(Place place, Class<?> type, boolean isResult) {
        String name = Names.simple(type);
        return switch (place.kind()) {
            case CAPTURED_THIS ->
                "the task uses a field or method of the enclosing object. Copy what it needs into a local variable"
                        + " before the lambda, or make the method static, or let " + name
                        + " implement java.io.Serializable.";
            case OUTER ->
                "an anonymous, local or inner class keeps the object in which it was created, even if it does not use"
                        + " it. Write a lambda, or make it a static nested class or a record, or let " + name
                        + " implement java.io.Serializable.";
            case RECEIVER ->
                "a method reference to an object takes the object along. Let " + name
                        + " implement java.io.Serializable, or refer to a static method.";
            case ROOT, PART, CAPTURE -> fix(place.object(), type, isResult);
        };
    }

    private static String fix(Object object, Class<?> type, boolean isResult) {
        String name = Names.simple(type);
        if (object instanceof Pool) {
            return "a pool belongs to the process that made it. Make one inside the task, or use it outside.";
        }
        if (object instanceof Record) {
            return "let " + name + " implement java.io.Serializable, or add `opens " + type.getPackageName() + " to "
                    + library() + "` to module-info.java, so that its components can be read.";
        }
        if (object instanceof BaseStream<?, ?> || object instanceof Iterator<?>) {
            return "a " + name + " can be read only here. Send a list of its elements.";
        }
        if (isOfJdk(type)) {
            return isResult
                    ? "this " + name + " belongs to this process. Return what is needed to build it (a path, a URL,"
                            + " bytes)."
                    : "this " + name + " belongs to this process. Create it inside the task, or send what is needed to"
                            + " build it (a path, a URL, bytes).";
        }
        return "let " + name + " implement java.io.Serializable, or "
                + (isResult ? "return" : "create it inside the task from")
                + " something that can be sent, such as a record.";
    }

    private static String library() {
        String name = Remedy.class.getModule().getName();
        return name == null ? "dev.cenote" : name;
    }

    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }
}
