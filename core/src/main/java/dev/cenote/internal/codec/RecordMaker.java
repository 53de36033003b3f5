// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.invoke.WrongMethodTypeException;
import java.util.function.Consumer;

/// Makes the method that makes a record of an array with the values of its components.
///
/// A method handle can be adapted to that, but to spread an array and to unbox its elements takes a dozen classes,
/// which the JVM makes for each new combination of types: 18 ms for the first record of a process, where one small
/// class of our own takes 6 (measured). That class is hidden and a nestmate of the record, so that it may call a
/// private constructor, and goes when the record's class goes. It needs the full rights of the record's class, which
/// this library has not in other modules; there it is a method handle.
final class RecordMaker implements Consumer<CodeBuilder> {

    private static final MethodType TYPE = MethodType.methodType(Object.class, Object[].class);
    private static final MethodTypeDesc TYPE_DESCRIPTOR =
            MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_Object.arrayType());

    private final ClassDesc record;
    private final ClassDesc[] components;

    private RecordMaker(Class<?> type, Class<?>[] components) {
        this.record = descriptor(type);
        this.components = new ClassDesc[components.length];
        for (int i = 0; i < components.length; i++) {
            this.components[i] = descriptor(components[i]);
        }
    }

    private static ClassDesc descriptor(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    /// {@return a method from an array to a record}
    ///
    /// @param lookup with access to the record's constructor
    /// @param type the class of the record
    /// @param components the types of its components
    static MethodHandle of(Lookup lookup, Class<?> type, Class<?>[] components)
            throws IllegalAccessException, NoSuchMethodException {
        if (lookup.hasFullPrivilegeAccess() && lookup.lookupClass() == type) {
            Lookup maker = lookup.defineHiddenClass(
                    new RecordMaker(type, components).classFile(type), false, Lookup.ClassOption.NESTMATE);
            return maker.findStatic(maker.lookupClass(), "make", TYPE);
        }
        return lookup.findConstructor(type, MethodType.methodType(void.class, components))
                .asFixedArity()
                .asSpreader(Object[].class, components.length)
                .asType(TYPE);
    }

    private byte[] classFile(Class<?> type) {
        RecordMaker code = this;
        // no lambda: this is to be cheap in a new process
        return ClassFile.of().build(ClassDesc.of(type.getName() + "$$CenoteMaker"), new Consumer<ClassBuilder>() {
            @Override
            public void accept(ClassBuilder maker) {
                maker.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC)
                        .withMethodBody("make", TYPE_DESCRIPTOR, ClassFile.ACC_STATIC, code);
            }
        });
    }

    /// Writes the body of the method.
    @Override
    public void accept(CodeBuilder code) {
        code.new_(record).dup();
        for (int i = 0; i < components.length; i++) {
            code.aload(0).loadConstant(i).aaload();
            if (components[i].isPrimitive()) {
                unbox(code, components[i]);
            } else {
                code.checkcast(components[i]);
            }
        }
        code.invokespecial(record, "<init>", MethodTypeDesc.of(ConstantDescs.CD_void, components))
                .areturn();
    }

    private static void unbox(CodeBuilder code, ClassDesc primitive) {
        ClassDesc box = switch (TypeKind.from(primitive)) {
            case BOOLEAN -> ConstantDescs.CD_Boolean;
            case BYTE -> ConstantDescs.CD_Byte;
            case SHORT -> ConstantDescs.CD_Short;
            case CHAR -> ConstantDescs.CD_Character;
            case INT -> ConstantDescs.CD_Integer;
            case LONG -> ConstantDescs.CD_Long;
            case FLOAT -> ConstantDescs.CD_Float;
            case DOUBLE -> ConstantDescs.CD_Double;
            case REFERENCE, VOID -> throw new WrongMethodTypeException(primitive.displayName());
        };
        code.checkcast(box).invokevirtual(box, primitive.displayName() + "Value", MethodTypeDesc.of(primitive));
    }
}
