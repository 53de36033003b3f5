// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds the static variables of a jshell loader that a task may read: it follows the calls from the code of the
/// task, within that loader.
///
/// A call of a method that subclasses may override is followed by taking all methods of each class that is
/// instantiated on the way, and of each object that is sent. Final fields are left out, as a class sets them itself
/// wherever it is loaded.
///
/// Several threads may add; one at a time may look, without a lock, as it runs code of the loader and of the user.
final class GlobalScan {

    /// The class that jshell makes for one snippet. Its methods are the snippet and all lambdas in it.
    private static final Pattern SNIPPET = Pattern.compile(".*\\$JShell\\$[0-9]+[A-Z]*");

    private record Method(String owner, String name, String descriptor) {}

    private record Variable(String owner, String name) {}

    private final Exported loader;

    /// What was added: code, or whole classes; written by all, emptied by the one who looks.
    private final Queue<Method> addedMethods = new ConcurrentLinkedQueue<>();

    private final Queue<String> addedClasses = new ConcurrentLinkedQueue<>();

    private final Queue<String> addedSnippets = new ConcurrentLinkedQueue<>();

    /// All below is for the one who looks.
    private final Deque<Method> open = new ArrayDeque<>();

    private final Set<Method> seen = new HashSet<>();
    private final Set<String> wholeClasses = new HashSet<>();
    private final Set<Variable> variables = new HashSet<>();
    private final Map<String, Optional<ClassModel>> models = new HashMap<>();
    private final List<Global> found = new ArrayList<>();

    GlobalScan(Exported loader) {
        this.loader = loader;
    }

    /// Adds the code of a lambda.
    void addMethod(String owner, String name, String descriptor) {
        addedMethods.add(new Method(owner, name, descriptor));
    }

    /// Adds all code of the class of an object. Of a snippet, the object can only be a lambda; then it is all
    /// lambdas of the snippet, unless it is told which.
    void addClass(Class<?> type) {
        boolean isSnippet = SNIPPET.matcher(type.getName()).matches();
        (isSnippet ? addedSnippets : addedClasses).add(type.getName().replace('.', '/'));
    }

    private void openAll(String owner) {
        if (wholeClasses.add(owner)) {
            ClassModel model = model(owner);
            if (model != null) {
                for (MethodModel method : model.methods()) {
                    open(
                            owner,
                            method.methodName().stringValue(),
                            method.methodType().stringValue());
                }
                model.superclass().map(ClassEntry::asInternalName).ifPresent(this::openAll);
            }
        }
    }

    private void openLambdas(String owner) {
        ClassModel model = model(owner);
        if (model == null || seen.stream().anyMatch(method -> method.owner.equals(owner))) {
            return;
        }
        for (MethodModel method : model.methods()) {
            String name = method.methodName().stringValue();
            if (name.startsWith("lambda$")) {
                open(owner, name, method.methodType().stringValue());
            }
        }
    }

    private void open(String owner, String name, String descriptor) {
        Method method = new Method(owner, name, descriptor);
        if (seen.add(method)) {
            open.add(method);
        }
    }

    /// {@return the variables found since the last time, with their values}
    List<Global> next() {
        for (Method added = addedMethods.poll(); added != null; added = addedMethods.poll()) {
            open(added.owner, added.name, added.descriptor);
        }
        for (String added = addedClasses.poll(); added != null; added = addedClasses.poll()) {
            openAll(added);
        }
        for (String added = addedSnippets.poll(); added != null; added = addedSnippets.poll()) {
            openLambdas(added);
        }
        while (!open.isEmpty()) {
            follow(open.remove());
        }
        List<Global> result = List.copyOf(found);
        found.clear();
        return result;
    }

    private void follow(Method method) {
        for (String owner = method.owner; owner != null; ) {
            ClassModel model = model(owner);
            if (model == null) {
                return;
            }
            for (MethodModel candidate : model.methods()) {
                if (candidate.methodName().equalsString(method.name)
                        && candidate.methodType().equalsString(method.descriptor)) {
                    candidate.code().ifPresent(code -> code.forEach(this::look));
                    return;
                }
            }
            owner = model.superclass().map(ClassEntry::asInternalName).orElse(null);
        }
    }

    private void look(CodeElement element) {
        switch (element) {
            case FieldInstruction field -> lookAt(field);
            case InvokeInstruction call ->
                call(
                        call.owner().asInternalName(),
                        call.name().stringValue(),
                        call.type().stringValue());
            case NewObjectInstruction made -> openAll(made.className().asInternalName());
            case InvokeDynamicInstruction dynamic -> dynamic.bootstrapArgs().forEach(this::lookAt);
            default -> {}
        }
    }

    private void lookAt(ConstantDesc argument) {
        if (argument instanceof DirectMethodHandleDesc handle) {
            String descriptor = handle.owner().descriptorString();
            if (descriptor.startsWith("L")) {
                call(descriptor.substring(1, descriptor.length() - 1), handle.methodName(), handle.lookupDescriptor());
            }
        }
    }

    private void call(String owner, String name, String descriptor) {
        open(owner, name, descriptor);
        initialize(owner);
    }

    private void initialize(String owner) {
        open(owner, "<clinit>", "()V");
    }

    private void lookAt(FieldInstruction field) {
        if (field.opcode() != Opcode.GETSTATIC) {
            return;
        }
        String name = field.name().stringValue();
        for (String owner = field.owner().asInternalName(); owner != null; ) {
            ClassModel model = model(owner);
            if (model == null) {
                return;
            }
            initialize(owner);
            for (FieldModel candidate : model.fields()) {
                if (candidate.fieldName().equalsString(name)) {
                    read(owner, candidate);
                    return;
                }
            }
            owner = model.superclass().map(ClassEntry::asInternalName).orElse(null);
        }
    }

    private void read(String owner, FieldModel field) {
        Variable variable = new Variable(owner, field.fieldName().stringValue());
        ClassLoader own = loader.loader();
        if (own == null || field.flags().has(AccessFlag.FINAL) || !variables.add(variable)) {
            return;
        }
        try {
            found.add(Global.of(Class.forName(owner.replace('/', '.'), false, own), variable.name));
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            // a class that cannot be initialized here; the task will find out, if it gets there
        }
    }

    private @Nullable ClassModel model(String owner) {
        return models.computeIfAbsent(owner, this::parse).orElse(null);
    }

    private Optional<ClassModel> parse(String owner) {
        ClassBytes file = loader.pushed(owner.replace('/', '.'));
        return file == null ? Optional.empty() : Optional.of(ClassFile.of().parse(file.bytes()));
    }
}
