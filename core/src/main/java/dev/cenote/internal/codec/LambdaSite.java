// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/// Where in a program a lambda or method reference was written: all that a [SerializedLambda] says except the
/// captured values, and the capturing class itself instead of its name, which may be that of several classes.
///
/// @param capturing the class in which it was written
/// @param interfaceClass the functional interface
/// @param interfaceMethod its method
/// @param interfaceSignature the erased type of that method
/// @param kind how the implementation is called: a constant of [java.lang.invoke.MethodHandleInfo]
/// @param implClass where the implementation is
/// @param implMethod its name
/// @param implSignature its type
/// @param instantiated the type of the interface's method here, with type arguments in place
record LambdaSite(
        Class<?> capturing,
        String interfaceClass,
        String interfaceMethod,
        String interfaceSignature,
        int kind,
        String implClass,
        String implMethod,
        String implSignature,
        String instantiated) {

    /// A lambda or method reference: where it was written, and what it has captured.
    static final class Use {

        final LambdaSite site;
        final @Nullable Object[] captured;

        Use(LambdaSite site, @Nullable Object[] captured) {
            this.site = site;
            this.captured = captured;
        }
    }

    static LambdaSite of(Class<?> capturing, SerializedLambda form) {
        return new LambdaSite(
                capturing,
                form.getFunctionalInterfaceClass(),
                form.getFunctionalInterfaceMethodName(),
                form.getFunctionalInterfaceMethodSignature(),
                form.getImplMethodKind(),
                form.getImplClass(),
                form.getImplMethodName(),
                form.getImplMethodSignature(),
                form.getInstantiatedMethodType());
    }

    SerializedLambda form(@Nullable Object[] captured) {
        return new SerializedLambda(
                capturing,
                interfaceClass,
                interfaceMethod,
                interfaceSignature,
                kind,
                implClass,
                implMethod,
                implSignature,
                instantiated,
                captured);
    }

    /// {@return whether the implementation is the body of a lambda, which is used by that lambda alone}
    boolean isBody() {
        return implMethod.startsWith("lambda$")
                && implClass.equals(capturing.getName().replace('.', '/'));
    }

    void write(WireWriter out) {
        out.putByte(kind);
        Texts.put(out, interfaceClass);
        Texts.put(out, interfaceMethod);
        Texts.put(out, interfaceSignature);
        Texts.put(out, implClass);
        Texts.put(out, implMethod);
        Texts.put(out, implSignature);
        Texts.put(out, instantiated);
    }

    static LambdaSite read(WireReader in, Class<?> capturing) throws CorruptFrameException {
        int kind = in.getByte();
        return new LambdaSite(
                capturing,
                Texts.get(in),
                Texts.get(in),
                Texts.get(in),
                kind,
                Texts.get(in),
                Texts.get(in),
                Texts.get(in),
                Texts.get(in));
    }
}
