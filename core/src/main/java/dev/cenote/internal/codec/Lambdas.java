// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Takes lambdas and method references apart and puts them together in another process.
///
/// ## Taking apart
///
/// A serializable lambda tells its `SerializedLambda` to `java.io` only, and that tells the *name* of the class in
/// which it was written only. So it is written to a stream that leads nowhere and sees both go by: the one in
/// `replaceObject`, the class in `annotateClass`. That needs no reflection, hence no open packages.
///
/// ## Putting together
///
/// The compiler gives each class that has serializable lambdas a method `$deserializeLambda$`, and its answer is the
/// best, since it knows about marker interfaces and bridges. But it compares all except the type of the interface's
/// method (JDK-8208752): of two method references in one class that differ in that alone, such as `String::valueOf`
/// of an `int` and of a `double`, it answers both with the first, and the task fails with a `ClassCastException`. So
/// the answer is taken apart again and compared; if it is a wrong one, or none, the reference is linked anew, as the
/// program itself did it at first. The body of a lambda, unlike the target of a method reference, belongs to one
/// lambda and needs no comparison.
///
/// Linking anew makes a class, so it is done once for each site; the result is kept with the capturing class.
///
/// The metafactory wants a lookup with the full rights of the capturing class. This library gets all but one of them
/// when that class is in another module, or in the unnamed module of another loader. Then a tiny class is defined
/// beside it, and its own lookup, which is of the right module, is asked instead.
///
/// Safe for use by several threads.
final class Lambdas {

    private static final String DESERIALIZE = "$deserializeLambda$";

    private static final ClassValue<Map<LambdaSite, MethodHandle>> LINKED = new ClassValue<>() {
        @Override
        protected Map<LambdaSite, MethodHandle> computeValue(Class<?> capturing) {
            return new ConcurrentHashMap<>();
        }
    };

    private Lambdas() {}

    /// {@return where a lambda was written and what it captures; `null` if it does not tell}
    ///
    /// @param lambda a serializable lambda, or its serialized form
    static LambdaSite.@Nullable Use reveal(Object lambda) throws IOException {
        Revealer revealer = new Revealer();
        revealer.writeObject(lambda);
        SerializedLambda form = revealer.form;
        Class<?> capturing = revealer.capturing;
        if (form == null || capturing == null) {
            return null;
        }
        @Nullable Object[] captured = new Object[form.getCapturedArgCount()];
        for (int i = 0; i < captured.length; i++) {
            captured[i] = form.getCapturedArg(i);
        }
        return new LambdaSite.Use(LambdaSite.of(capturing, form), captured);
    }

    /// Sees the serialized form of a lambda and the class that it names go by, and lets nothing else through.
    private static final class Revealer extends ObjectOutputStream {

        private @Nullable SerializedLambda form;
        private @Nullable Class<?> capturing;

        Revealer() throws IOException {
            super(OutputStream.nullOutputStream());
            enableReplaceObject(true);
        }

        @Override
        protected @Nullable Object replaceObject(Object object) {
            if (form == null && object instanceof SerializedLambda found) {
                form = found;
                return found;
            }
            return null;
        }

        @Override
        protected void writeClassDescriptor(ObjectStreamClass descriptor) {}

        @Override
        protected void annotateClass(Class<?> type) {
            if (form != null && capturing == null && type != SerializedLambda.class) {
                capturing = type;
            }
        }
    }

    /// Makes a lambda or method reference that was written somewhere.
    ///
    /// @param site where
    /// @param captured what it captures
    /// @return the lambda
    /// @throws IOException if this process cannot make it
    static Object restore(LambdaSite site, @Nullable Object[] captured) throws IOException {
        try {
            Lambdas.class.getModule().addReads(site.capturing().getModule());
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(site.capturing(), MethodHandles.lookup());
            Object answer = ask(lookup, site, captured);
            if (answer != null && (site.isBody() || isThat(lookup, answer, site))) {
                return answer;
            }
            return (Object) linked(lookup, site, captured.length).invokeExact(captured);
        } catch (StackOverflowError | OutOfMemoryError | IOException e) {
            throw e;
        } catch (Throwable e) {
            InvalidObjectException failed = new InvalidObjectException(
                    "the function " + site.implClass().replace('/', '.') + "::" + site.implMethod() + " of "
                            + site.capturing().getName() + " cannot be linked here: " + e);
            failed.initCause(e);
            throw failed;
        }
    }

    private static @Nullable Object ask(MethodHandles.Lookup lookup, LambdaSite site, @Nullable Object[] captured)
            throws Throwable {
        try {
            MethodHandle deserialize = lookup.findStatic(
                    site.capturing(), DESERIALIZE, MethodType.methodType(Object.class, SerializedLambda.class));
            return (Object) deserialize.invokeExact(site.form(captured));
        } catch (NoSuchMethodException | IllegalArgumentException e) { // "Invalid lambda deserialization"
            return null;
        }
    }

    private static boolean isThat(MethodHandles.Lookup lookup, Object answer, LambdaSite site) throws Throwable {
        return instantiated(lookup, answer).equals(site.instantiated());
    }

    /// The class of a lambda is usually a nestmate of the capturing class, whose rights are here by now. To ask it
    /// directly saves a new process from loading `java.io`'s serialization for this alone (measured: 7 ms).
    private static String instantiated(MethodHandles.Lookup lookup, Object lambda) throws Throwable {
        MethodHandle replace;
        try {
            replace = lookup.findVirtual(lambda.getClass(), "writeReplace", MethodType.methodType(Object.class));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            LambdaSite.Use use = reveal(lambda);
            return use == null ? "" : use.site.instantiated();
        }
        Object form = (Object) replace.asType(MethodType.methodType(Object.class, Object.class))
                .invokeExact(lambda);
        return form instanceof SerializedLambda known ? known.getInstantiatedMethodType() : "";
    }

    private static MethodHandle linked(MethodHandles.Lookup lookup, LambdaSite site, int captured) throws Throwable {
        Map<LambdaSite, MethodHandle> known = LINKED.get(site.capturing());
        MethodHandle factory = known.get(site);
        if (factory == null) {
            factory = link(fullPower(lookup, site.capturing()), site, captured);
            MethodHandle other = known.putIfAbsent(site, factory);
            factory = other == null ? factory : other;
        }
        return factory;
    }

    private static MethodHandle link(MethodHandles.Lookup lookup, LambdaSite site, int captured) throws Throwable {
        ClassLoader loader = site.capturing().getClassLoader();
        MethodHandle implementation = implementation(lookup, site, loader);
        Class<?> type = Class.forName(site.interfaceClass().replace('/', '.'), false, loader);
        MethodType factory = MethodType.methodType(
                type, implementation.type().parameterList().subList(0, captured));
        return LambdaMetafactory.altMetafactory(
                        lookup,
                        site.interfaceMethod(),
                        factory,
                        MethodType.fromMethodDescriptorString(site.interfaceSignature(), loader),
                        implementation,
                        MethodType.fromMethodDescriptorString(site.instantiated(), loader),
                        LambdaMetafactory.FLAG_SERIALIZABLE)
                .getTarget()
                .asSpreader(Object[].class, captured)
                .asType(MethodType.methodType(Object.class, Object[].class));
    }

    private static MethodHandle implementation(
            MethodHandles.Lookup lookup, LambdaSite site, @Nullable ClassLoader loader)
            throws ReflectiveOperationException {
        Class<?> owner = Class.forName(site.implClass().replace('/', '.'), false, loader);
        MethodType type = MethodType.fromMethodDescriptorString(site.implSignature(), loader);
        return switch (site.kind()) {
            case MethodHandleInfo.REF_invokeStatic -> lookup.findStatic(owner, site.implMethod(), type);
            case MethodHandleInfo.REF_newInvokeSpecial -> lookup.findConstructor(owner, type);
            case MethodHandleInfo.REF_invokeSpecial ->
                lookup.findSpecial(owner, site.implMethod(), type, site.capturing());
            default -> lookup.findVirtual(owner, site.implMethod(), type);
        };
    }

    private static MethodHandles.Lookup fullPower(MethodHandles.Lookup lookup, Class<?> capturing) throws Throwable {
        if (lookup.hasFullPrivilegeAccess()) {
            return lookup;
        }
        Class<?> helper = helper(lookup, capturing.getName() + "$$CenoteLookup");
        MethodHandles.Lookup own = (MethodHandles.Lookup)
                lookup.findStatic(helper, "lookup", MethodType.methodType(MethodHandles.Lookup.class))
                        .invokeExact();
        return MethodHandles.privateLookupIn(capturing, own);
    }

    private static Class<?> helper(MethodHandles.Lookup lookup, String name) throws Throwable {
        MethodTypeDesc type = MethodTypeDesc.of(ConstantDescs.CD_MethodHandles_Lookup);
        byte[] bytes = ClassFile.of()
                .build(
                        ClassDesc.of(name),
                        helper -> helper.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC)
                                .withMethodBody(
                                        "lookup",
                                        type,
                                        ClassFile.ACC_STATIC,
                                        code -> code.invokestatic(
                                                        MethodHandles.class
                                                                .describeConstable()
                                                                .orElseThrow(),
                                                        "lookup",
                                                        type)
                                                .areturn()));
        try {
            return lookup.defineClass(bytes);
        } catch (LinkageError e) { // for another site of the same class
            return Class.forName(name, false, lookup.lookupClass().getClassLoader());
        }
    }
}
