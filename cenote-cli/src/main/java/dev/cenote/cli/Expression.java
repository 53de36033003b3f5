// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// Compiles the function of the user in memory.
///
/// The text is a lambda, a method reference, an expression in which the item has a name, or a block of statements in
/// braces. Which of them it is, the compiler's own parser says. The text then becomes the value of a functional
/// interface that may throw anything:
///
/// ```
/// import ...; final class C implements Function<Object, Object>, Serializable { interface F { ... } static final F F =
/// THE TEXT
/// ; public Object apply(Object item) { return F.apply((String) item); } }
/// ```
///
/// Its only instance has no fields, so it can go to another process whatever the text is; there the class is loaded and
/// the text evaluated again.
///
/// Whether that interface returns a value, and whether a number is a `long` or a `Long`, depends on what compiles;
/// the usual answer is tried first, so that only unusual texts are compiled more than once.
///
/// The generated class lives in the unnamed package, in the class loader of the user's class path, and can therefore
/// use classes of the user that are not public.
final class Expression {

    /// The generated class; a name that nobody else has.
    static final String CLASS_NAME = "$Cenote";

    /// The generated functional interface and the constant of its type.
    static final String FUNCTION_NAME = "$Function";

    /// What needs no import: what a compact source file may use, a web client, and mathematics.
    private static final List<String> DEFAULT_IMPORTS =
            List.of("module java.base", "module java.net.http", "static java.lang.Math.*");

    private final JavaCompiler compiler;
    private final MemoryClasses classes;
    private final List<String> imports;
    private final ItemType type;
    private final String text;

    private Expression(JavaCompiler compiler, MemoryClasses classes, List<String> imports, ItemType type, String text) {
        this.compiler = compiler;
        this.classes = classes;
        this.imports = imports;
        this.type = type;
        this.text = text;
    }

    /// What items are, for the compiler.
    enum ItemType {
        /// Lines of text.
        LINE("line", "String", "String"),
        /// Numbers; methods can only be called on the boxed type.
        NUMBER("n", "long", "Long");

        private final String variable;
        private final String usual;
        private final String boxed;

        ItemType(String variable, String usual, String boxed) {
            this.variable = variable;
            this.usual = usual;
            this.boxed = boxed;
        }

        /// The Java types that an item can have, the usual one first.
        private List<String> types() {
            return usual.equals(boxed) ? List.of(usual) : List.of(usual, boxed);
        }
    }

    /// Compiles a text.
    ///
    /// @param text the text
    /// @param type what its items are
    /// @param imports what follows `import`, in addition to the default
    /// @param classPath where the classes of the user are
    /// @return the function; it throws whatever the text throws, checked exceptions too
    /// @throws ExpressionException if it cannot be compiled
    static Function<Object, @Nullable Object> compile(
            String text, ItemType type, List<String> imports, ClassPath classPath) throws ExpressionException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new ExpressionException("this Java has no compiler: a JDK is needed, not a JRE");
        }
        List<String> all = new ArrayList<>(DEFAULT_IMPORTS);
        all.addAll(imports);
        try (MemoryClasses classes = new MemoryClasses(compiler, classPath)) {
            return new Expression(compiler, classes, all, type, withoutSemicolon(text)).load();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutSemicolon(String text) {
        String trimmed = text.stripTrailing();
        return trimmed.endsWith(";")
                ? trimmed.substring(0, trimmed.length() - 1).stripTrailing()
                : trimmed;
    }

    private Function<Object, @Nullable Object> load() throws ExpressionException {
        if (text.isBlank()) {
            throw new ExpressionException("the expression is empty");
        }
        String lambda = isFunction() ? "" : type.variable + " -> ";
        Diagnostics best = null;
        for (String itemType : type.types()) {
            for (boolean returns : new boolean[] {true, false}) {
                SourceText source = unit(lambda, itemType, returns);
                Diagnostics errors = new Diagnostics(source);
                if (compile(source, errors)) {
                    return classes.instantiate(CLASS_NAME);
                }
                best = best == null || errors.isBetterThan(best) ? errors : best;
            }
        }
        throw new ExpressionException(best == null ? "nothing was compiled" : best.describe());
    }

    private SourceText unit(String lambda, String itemType, boolean returns) {
        String before = "final class " + CLASS_NAME
                + " implements java.util.function.Function<Object, Object>, java.io.Serializable {"
                + " interface " + FUNCTION_NAME + " { " + (returns ? "Object" : "void") + " apply(" + itemType
                + " item) throws Throwable; }"
                + " static final " + FUNCTION_NAME + " " + FUNCTION_NAME + " = " + lambda;
        String call = FUNCTION_NAME + ".apply((" + itemType + ") item);";
        String after = "; public Object apply(Object item) { try { "
                + (returns ? "return " + call : call + " return null;")
                + " } catch (Throwable e) { throw " + CLASS_NAME + ".<RuntimeException>sneaky(e); } }"
                + " @SuppressWarnings(\"unchecked\") static <T extends Throwable> T sneaky(Throwable e) throws T {"
                + " throw (T) e; } }";
        return new SourceText(imports, before, text, after);
    }

    private boolean compile(SourceText source, Diagnostics errors) {
        return task(source, errors).call();
    }

    private JavacTask task(SourceText source, Diagnostics errors) {
        List<String> options = List.of("-proc:none", "-Xlint:none", "-g:source,lines", "-implicit:none");
        return (JavacTask) compiler.getTask(null, classes, errors, options, null, List.of(source));
    }

    /// Tells whether the text is a function by itself, as opposed to an expression over the item or a block.
    private boolean isFunction() throws ExpressionException {
        if (text.stripLeading().startsWith("{")) {
            return false;
        }
        SourceText source = new SourceText(List.of(), "class C { Object o = ", text, "; }");
        Diagnostics errors = new Diagnostics(source);
        JavacTask task = task(source, errors);
        CompilationUnitTree unit = parse(task);
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        if (isBlock(unit, errors)) {
            throw new ExpressionException(
                    source.point(0, "this is not one expression; put statements into braces: { ...; return ...; }"));
        } else if (errors.count() > 0) {
            throw new ExpressionException(errors.describeFirst());
        }
        ExpressionTree value = withoutParentheses(firstValue(unit));
        if (value instanceof LambdaExpressionTree lambda
                && lambda.getParameters().size() != 1) {
            int at = source.offset(positions.getStartPosition(unit, lambda));
            throw new ExpressionException(source.point(
                    at,
                    "the function takes one item, not " + lambda.getParameters().size() + " parameters"));
        }
        return value instanceof LambdaExpressionTree || value instanceof MemberReferenceTree;
    }

    /// Tells whether the text is no expression but would do as the inside of a block.
    private boolean isBlock(CompilationUnitTree unit, Diagnostics errors) {
        boolean oneValue = errors.count() == 0
                && unit.getTypeDecls().size() == 1
                && ((ClassTree) unit.getTypeDecls().get(0)).getMembers().size() == 1;
        if (oneValue) {
            return false;
        }
        SourceText block = new SourceText(List.of(), "class C { Object m() { ", text, "; } }");
        Diagnostics blockErrors = new Diagnostics(block);
        parse(task(block, blockErrors));
        return blockErrors.count() == 0 || errors.count() == 0;
    }

    /// {@return a stack frame of the generated class, in terms of the text}
    ///
    /// @param frame the frame
    static String describe(StackTraceElement frame) {
        // a method reference is called by generated code, which has lines of its own
        boolean generated = frame.getMethodName().equals("apply");
        return generated ? SourceText.NAME : SourceText.NAME + ", line " + frame.getLineNumber();
    }

    private static CompilationUnitTree parse(JavacTask task) {
        try {
            return task.parse().iterator().next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ExpressionTree firstValue(CompilationUnitTree unit) {
        return ((VariableTree)
                        ((ClassTree) unit.getTypeDecls().get(0)).getMembers().get(0))
                .getInitializer();
    }

    private static ExpressionTree withoutParentheses(ExpressionTree value) {
        return value instanceof ParenthesizedTree parentheses ? withoutParentheses(parentheses.getExpression()) : value;
    }
}
