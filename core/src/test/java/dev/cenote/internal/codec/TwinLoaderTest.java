// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Func;
import dev.cenote.Job;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A worker whose classes of the program come from a loader, and so a module, of their own: as for programs that run
/// from source or in a shell.
class TwinLoaderTest {

    record Point(int x, int y) {}

    enum Color {
        RED
    }

    static final class Bean implements Serializable {

        private static final long serialVersionUID = 1L;

        private final List<Point> points = Collections.synchronizedList(new ArrayList<>(List.of(new Point(1, 2))));

        @Override
        public String toString() {
            return "bean" + points;
        }
    }

    private static <T> T same(T value) {
        return value;
    }

    private final TwinLoader twin = new TwinLoader(TwinLoaderTest.class);
    private final ValueCodec worker = new ValueCodec(new Wires.Names(twin), Side.WORKER, Wires.EXPLAINER);

    @SuppressWarnings("unchecked")
    private <T> T toTwin(T value) {
        return (T) Wires.pass(Wires.parent(), worker, value);
    }

    @Test
    void values_areOfTheTwinsClasses() {
        for (Object value : List.of(new Point(1, 2), Color.RED, new Bean(), new Point[] {new Point(3, 4)})) {
            Object back = this.<Object>toTwin(value);
            assertThat(back.getClass())
                    .isNotEqualTo(value.getClass())
                    .hasToString(value.getClass().toString());
        }
        assertThat(this.<Object>toTwin(new Bean())).hasToString(new Bean().toString());
    }

    @Test
    void lambdas_areLinkedInTheTwin() throws Exception {
        Point point = new Point(1, 2);
        Bean bean = new Bean();
        Job<String> plain =
                this.<Job<String>>toTwin(() -> point + " " + point.getClass().getClassLoader());
        assertThat(plain.call()).startsWith("Point[x=1, y=2] ").contains("TwinLoader");
        Job<String> graph =
                this.<Job<String>>toTwin(() -> bean + " " + bean.getClass().getClassLoader());
        assertThat(graph.call()).startsWith("bean[Point[x=1, y=2]] ").contains("TwinLoader");
    }

    @Test
    void references_areLinkedAnewWithTheRightsOfTheirClass() throws Exception {
        Func<String, String> toString1 = Object::toString;
        Func<Integer, String> toString2 = Object::toString;
        Func<String, String> same1 = TwinLoaderTest::same;
        Func<Integer, Integer> same2 = TwinLoaderTest::same;
        assertThat(toTwin(toString1).apply("a")).isEqualTo("a");
        assertThat(toTwin(toString2).apply(1)).isEqualTo("1");
        assertThat(toTwin(same1).apply("a")).isEqualTo("a");
        assertThat(toTwin(same2).apply(1)).isEqualTo(1);
        assertThat(toTwin(same2).apply(2)).isEqualTo(2);
        assertThat(twin.loadClass(TwinLoaderTest.class.getName() + "$$CenoteLookup"))
                .as("what gives the rights")
                .isNotNull();
    }
}
