// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.diagnosis;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the class file says of a lambda: where it is in the source, and the names of the variables that it captures.
///
/// Names are there if the class was compiled with `-g`, as Maven and Gradle do; plain `javac`, the source launcher
/// and jshell do not. Line numbers are nearly always there. Any failure here only makes the text poorer.
final class LambdaCode {

    private final SerializedLambda form;
    private final @Nullable Class<?> capturing;
    private final @Nullable ClassModel model;
    private final @Nullable CodeModel code;
    private final int line;

    LambdaCode(SerializedLambda form, @Nullable Class<?> capturing) {
        this.form = form;
        this.capturing = capturing;
        this.model = capturing == null ? null : parse(capturing, form.getCapturingClass());
        MethodModel method = model == null ? null : method(model);
        this.code = method == null ? null : method.code().orElse(null);
        this.line = line();
    }

    private static @Nullable ClassModel parse(Class<?> capturing, String internalName) {
        String name = internalName + ".class";
        ClassLoader loader = capturing.getClassLoader();
        try (InputStream in =
                loader == null ? ClassLoader.getSystemResourceAsStream(name) : loader.getResourceAsStream(name)) {
            return in == null ? null : ClassFile.of().parse(in.readAllBytes());
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /// A method reference may refer to a method of another class; what counts is where it was written.
    private @Nullable MethodModel method(ClassModel owner) {
        if (!isLambda()) {
            return null;
        }
        for (MethodModel method : owner.methods()) {
            if (method.methodName().equalsString(form.getImplMethodName())
                    && method.methodType().equalsString(form.getImplMethodSignature())) {
                return method;
            }
        }
        return null;
    }

    /// {@return whether it is a lambda; otherwise a method reference}
    boolean isLambda() {
        return form.getImplMethodName().contains("lambda$")
                && form.getImplClass().equals(form.getCapturingClass());
    }

    /// {@return whether it runs as a method of the object in which it was created}
    private boolean isOfThis() {
        return form.getImplMethodKind() != MethodHandleInfo.REF_invokeStatic;
    }

    /// {@return what it is and where, such as `lambda at Example.java:16`}
    String text() {
        String what = isLambda() ? "lambda" : "method reference " + method();
        String file = file();
        if (file.contains("$JShell$")) {
            return what + " in a jshell snippet";
        }
        return line > 0
                ? what + " at " + file + ":" + line
                : what + " in " + form.getCapturingClass().replace('/', '.');
    }

    private String method() {
        String owner = form.getImplClass().substring(form.getImplClass().lastIndexOf('/') + 1);
        String name = form.getImplMethodName().equals("<init>") ? "new" : form.getImplMethodName();
        return owner.replace('$', '.') + "::" + name;
    }

    private String file() {
        Optional<String> attribute = model == null
                ? Optional.empty()
                : model.findAttribute(Attributes.sourceFile())
                        .map(SourceFileAttribute::sourceFile)
                        .map(text -> text.stringValue());
        String outer =
                form.getCapturingClass().substring(form.getCapturingClass().lastIndexOf('/') + 1);
        return attribute.orElse(outer);
    }

    /// {@return how a message calls the captured value of this number, counted from 0}
    String captured(int number) {
        if (!isLambda()) {
            String name = form.getImplMethodName();
            return "the receiver of ::" + name;
        }
        if (isOfThis() && number == 0) {
            return "'this'";
        }
        String name = names().get(number);
        return name.isEmpty() ? "value #" + (number + 1 - (isOfThis() ? 1 : 0)) : "'" + name + "'";
    }

    /// {@return whether the captured value of this number is the object in which the lambda was created}
    boolean isThis(int number) {
        return isLambda() && isOfThis() && number == 0;
    }

    /// The captured values are the first parameters of the method, and parameters are the first local variables.
    private List<String> names() {
        List<String> names = new ArrayList<>();
        int slot = 0;
        if (isOfThis()) {
            names.add("this");
            slot = 1;
        }
        for (var type :
                MethodTypeDesc.ofDescriptor(form.getImplMethodSignature()).parameterList()) {
            names.add(nameOf(slot));
            slot += type.descriptorString().equals("J")
                            || type.descriptorString().equals("D")
                    ? 2
                    : 1;
        }
        while (names.size() <= form.getCapturedArgCount()) {
            names.add("");
        }
        return names;
    }

    private String nameOf(int slot) {
        if (code != null) {
            for (CodeElement element : code) {
                if (element instanceof LocalVariable variable && variable.slot() == slot) {
                    return variable.name().stringValue();
                }
            }
        }
        return "";
    }

    /// The first line of the code of a lambda; for a method reference the line where it is made.
    private int line() {
        if (code != null) {
            int first = firstLine(code);
            if (first > 0) {
                return first;
            }
        }
        if (model != null) {
            for (MethodModel method : model.methods()) {
                int made = method.methodName().stringValue().startsWith("$deserialize") ? 0 : lineWhereMade(method);
                if (made > 0) {
                    return made;
                }
            }
        }
        return 0;
    }

    private static int firstLine(CodeModel code) {
        for (CodeElement element : code) {
            if (element instanceof LineNumber number) {
                return number.line();
            }
        }
        return 0;
    }

    private int lineWhereMade(MethodModel method) {
        int current = 0;
        for (CodeElement element : method.code().map(CodeModel::elementList).orElse(List.of())) {
            if (element instanceof LineNumber number) {
                current = number.line();
            } else if (element instanceof InvokeDynamicInstruction made
                    && made.bootstrapArgs().stream().anyMatch(this::isImplementation)) {
                return current;
            }
        }
        return 0;
    }

    private boolean isImplementation(ConstantDesc argument) {
        return argument instanceof DirectMethodHandleDesc handle
                && handle.methodName().equals(form.getImplMethodName())
                && handle.owner().descriptorString().equals("L" + form.getImplClass() + ";");
    }

    /// {@return the line of the source, if the source is at hand: that is so for `java Example.java`}
    @Nullable
    String sourceLine() {
        if (capturing == null || line == 0) {
            return null;
        }
        try {
            Path file = source(capturing);
            if (file == null) {
                return null;
            }
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            return line <= lines.size() ? lines.get(line - 1).strip() : null;
        } catch (IOException | URISyntaxException | RuntimeException e) {
            return null;
        }
    }

    private @Nullable Path source(Class<?> type) throws URISyntaxException {
        String file = file();
        String packageName = type.getPackageName().replace('.', '/');
        ClassLoader loader = type.getClassLoader();
        CodeSource code = type.getProtectionDomain().getCodeSource();
        URL location = code == null ? null : code.getLocation();
        if (loader == null || location == null || !location.getPath().endsWith(".java")) {
            return null;
        }
        URL found = loader.getResource(packageName.isEmpty() ? file : packageName + "/" + file);
        if (found != null && found.getProtocol().equals("file")) {
            return Path.of(found.toURI());
        }
        URI own = location.toURI();
        return own.getPath().endsWith("/" + file) ? Path.of(own) : null;
    }
}
