// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.diagnosis;

import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How a message calls an object. Runs no code of the user.
final class Names {

    private static final String LAMBDA = "$$Lambda";

    private Names() {}

    /// {@return the type of an object as the user knows it: what the JVM made has no name that would say anything}
    static String type(Object object) {
        Class<?> type = object.getClass();
        if (isLambda(type)) {
            return "a lambda";
        }
        if (Proxy.isProxyClass(type)) {
            return "a proxy of " + interfaces(type);
        }
        return type.getTypeName();
    }

    /// {@return the name of a class without its package, for use within a sentence}
    static String simple(Class<?> type) {
        if (isLambda(type)) {
            return "lambda";
        }
        String name = type.getTypeName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    static String interfaces(Class<?> type) {
        return Arrays.stream(type.getInterfaces()).map(Class::getTypeName).collect(Collectors.joining(", "));
    }

    /// {@return whether a class is one that the JVM makes for a lambda or a method reference}
    static boolean isLambda(Class<?> type) {
        return type.isSynthetic() && type.getName().contains(LAMBDA);
    }

    /// {@return what is known of an object if it is a lambda that can be sent, otherwise `null`}
    static @Nullable LambdaCode lambda(Object object) {
        if (!(object instanceof Serializable) || !isLambda(object.getClass())) {
            return null;
        }
        Probe probe = Probe.of(object);
        SerializedLambda form = probe.lambda();
        return form == null ? null : new LambdaCode(form, probe.capturing());
    }
}
