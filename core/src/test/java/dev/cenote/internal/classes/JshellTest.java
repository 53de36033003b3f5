// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// jshell: variables are static fields, and classes change.
class JshellTest {

    @TempDir
    private Path folder;

    @Test
    void snippets_workAsTheyRead() throws Exception {
        String output = Program.run(folder, """
                import dev.cenote.Func;
                import dev.cenote.internal.classes.Far;
                Far link = new Far();
                Object run(Func<Integer, Object> f) throws Exception { return f.apply(21) + " there " + link.run(f, 21); }

                int k = 10
                System.out.println("variable: " + run(x -> x * k));
                k = 11;
                System.out.println("changed: " + run(x -> x * k));
                int helper(int v) { return v + k; }
                System.out.println("method: " + run(x -> helper(x)));
                Func<Integer, Object> kept = x -> helper(x)
                int helper(int v) { return -v; }
                System.out.println("redefined: " + run(x -> helper(x)));
                System.out.println("redefined, older lambda: " + run(kept));
                int plus(int v) { return v + 1; }
                Func<Integer, Object> plusing = x -> plus(x)
                System.out.println("before: " + run(plusing));
                int plus(int v) { return v + 1000; }
                System.out.println("code replaced in place: " + run(plusing));
                record P(int a) {}
                System.out.println("record: " + run(x -> new P(x)));
                record P(int a, int b) {}
                System.out.println("redefined record: " + run(x -> new P(x, k)));
                Func<Integer, Object> inner = x -> x + k
                Func<Integer, Object> outer = x -> inner.apply(x)
                System.out.println("through a variable: " + run(outer));
                class Adder implements Func<Integer, Object> { public Object apply(Integer x) { return x + k; } }
                System.out.println("object: " + run(new Adder()));
                Func<Integer, Object> a = x -> k, b = x -> link;
                System.out.println("one of several in a snippet: " + run(((java.util.function.Supplier<Func<Integer, Object>>) () -> { Func<Integer, Object> y = x -> 7, z = x -> link; return y; }).get()));
                class Base { int f() { return 0; } }
                class Derived extends Base { int f() { return k; } }
                System.out.println("virtual: " + run(x -> { Base base = new Derived(); return base.f(); }));
                dev.cenote.internal.classes.Link.tellsLambdas = false;
                System.out.println("not told which lambda: " + run(x -> x + k));
                link.close();
                /exit
                """, "jshell", "-s", "-");
        assertThat(output.lines())
                .containsExactly(
                        "variable: 210 there 210 [k][]",
                        "changed: 231 there 231 [k][]",
                        "method: 32 there 32 [k][]",
                        "redefined: -21 there -21 [][]",
                        "redefined, older lambda: -21 there -21 [][]",
                        "before: 22 there 22 [][]",
                        "code replaced in place: 1021 there 1021 [][]",
                        "record: P[a=21] there P[a=21] [][]",
                        "redefined record: P[a=21, b=11] there P[a=21, b=11] [k][]",
                        "through a variable: 32 there 32 [inner, k][]",
                        "object: 32 there 32 [k][]",
                        "one of several in a snippet: 7 there 7 [][]",
                        "virtual: 11 there 11 [k][]",
                        "not told which lambda: 32 there 32 [k][]");
    }
}
