// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Codec;
import dev.cenote.NotShippableException;
import dev.cenote.internal.wire.Attachments;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.Messages;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.Serial;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Large arrays and strings, which are attached to a message instead of being in it.
class AttachedTest {

    private static final Class<?>[] PRIMITIVES = {
        byte.class, short.class, char.class, int.class, long.class, float.class, double.class
    };

    /// A value as it is handed over.
    private static WireWriter write(ValueCodec from, @Nullable Object value) {
        WireWriter out = new WireWriter(16);
        boolean _ = out.attaching(true);
        from.write(out, value);
        return out;
    }

    private static WireReader reader(WireWriter out) {
        List<MemorySegment> parts = new ArrayList<>();
        out.attachments().forEach(each -> parts.add(each.content()));
        Attachments attachments = new Attachments(target -> {
            MemorySegment part = parts.removeFirst();
            assertThat(part.byteSize()).isEqualTo(target.byteSize());
            target.copyFrom(part);
        });
        WireWriter frame = new WireWriter();
        int begin = Messages.begin(frame, Messages.VALUE);
        frame.put(out);
        Messages.end(frame, begin);
        int head = Integer.BYTES + 1;
        if (!parts.isEmpty()) {
            try {
                attachments.begin(new WireReader(frame.toByteArray(), head, frame.position() - head));
            } catch (CorruptFrameException e) {
                throw new AssertionError(e);
            }
        }
        return new WireReader(out.toByteArray(), 0, out.position(), attachments);
    }

    @SuppressWarnings("unchecked")
    private static <T> T pass(ValueCodec from, ValueCodec to, T value) throws IOException, ClassNotFoundException {
        WireReader in = reader(write(from, value));
        Object read = to.read(in);
        assertThat(in.left()).isZero();
        assertThat(in.attachments().left()).isZero();
        return (T) Objects.requireNonNull(read);
    }

    private static Object random(Class<?> component, int bytes) {
        Object array = Array.newInstance(component, bytes / Attachments.bytesOf(component));
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        MemorySegment target = Attachments.memoryOf(array);
        MemorySegment.copy(MemorySegment.ofArray(content), 0, target, 0, target.byteSize());
        return array;
    }

    @ParameterizedTest
    @ValueSource(ints = {Bulk.LARGE - 8, Bulk.LARGE, Bulk.LARGE + 8, 5_000_000})
    void array_ofEachType_isTheSame_aroundTheThreshold(int bytes) throws Exception {
        for (Class<?> component : PRIMITIVES) {
            Object array = random(component, bytes);
            WireWriter out = write(Wires.parent(), array);

            Object read = Wires.worker().read(reader(out));

            assertThat(Attachments.memoryOf(Objects.requireNonNull(read)).mismatch(Attachments.memoryOf(array)))
                    .isEqualTo(-1);
            assertThat(read).hasSameClassAs(array).isNotSameAs(array);
            assertThat(out.position() < 100).as("attached").isEqualTo(bytes >= Bulk.LARGE);
        }
    }

    @Test
    void booleans_goInTheMessage() throws Exception {
        boolean[] flags = new boolean[Bulk.LARGE];
        flags[77] = true;
        assertThat(write(Wires.parent(), flags).attachments()).isEmpty();
        assertThat(pass(Wires.parent(), Wires.worker(), flags)).isEqualTo(flags);
    }

    @Test
    void strings_areAttached_inBothForms() throws Exception {
        String narrow = "gr\u00fcn ".repeat(Bulk.LARGE / 5 + 1);
        String wide = narrow.substring(1) + "\u20ac\ud800";
        for (String text : List.of(narrow, wide)) {
            assertThat(write(Wires.parent(), text).position()).isLessThan(100);
            assertThat(pass(Wires.parent(), Wires.worker(), text)).isEqualTo(text);
            assertThat(pass(Wires.worker(), Wires.parent(), new String[] {"a", text, null, "b"}))
                    .containsExactly("a", text, null, "b");
        }
    }

    @Test
    void buffers_areAttached_asFarAsTheyAreLeft() throws Exception {
        byte[] content = (byte[]) random(byte.class, 1 << 20);
        ByteBuffer heap = ByteBuffer.wrap(content).position(1_000).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(content.length).put(content).flip();
        for (ByteBuffer buffer : List.of(heap, direct, heap.asReadOnlyBuffer())) {
            assertThat(write(Wires.parent(), buffer).position()).isLessThan(100);
            ByteBuffer read = pass(Wires.parent(), Wires.worker(), buffer);
            assertThat(read).isEqualTo(buffer);
            assertThat(read.isDirect()).isEqualTo(buffer.isDirect());
            assertThat(read.isReadOnly()).isEqualTo(buffer.isReadOnly());
            assertThat(read.order()).isEqualTo(buffer.order());
        }
        assertThat(heap.position()).isEqualTo(1_000);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Picture(String name, byte[] content, List<double[]> layers) {}

    @Test
    void arraysInsideOfRecordsAndCollections_areAttachedInOrder() throws Exception {
        Picture picture = new Picture(
                "sea",
                (byte[]) random(byte.class, 300_000),
                List.of((double[]) random(double.class, 400_000), new double[] {1}, (double[])
                        random(double.class, 500_000)));
        WireWriter out = write(Wires.parent(), Map.of("one", picture));
        assertThat(out.attachments()).hasSize(3);

        Picture read =
                pass(Wires.parent(), Wires.worker(), Map.of("one", picture)).get("one");

        assertThat(read.name()).isEqualTo("sea");
        assertThat(read.content()).isEqualTo(picture.content());
        for (int i = 0; i < 3; i++) {
            assertThat(Arrays.equals(read.layers().get(i), picture.layers().get(i)))
                    .isTrue();
        }
    }

    static final class Bean implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        private final int[] numbers;
        private final Object again;
        private final byte[] rest;

        Bean(int[] numbers, Object again, byte[] rest) {
            this.numbers = numbers;
            this.again = again;
            this.rest = rest;
        }
    }

    @Test
    void arraysInGraphs_areAttached_andKeepTheirIdentity() throws Exception {
        int[] numbers = (int[]) random(int.class, 300_000);
        Bean bean = new Bean(numbers, numbers, (byte[]) random(byte.class, 300_001));
        WireWriter out = write(Wires.worker(), bean);
        assertThat(out.position()).isLessThan(2_000);
        assertThat(out.attachments()).hasSize(2);

        Bean read = pass(Wires.worker(), Wires.parent(), bean);

        assertThat(read.numbers).isEqualTo(numbers).isSameAs(read.again);
        assertThat(read.rest).isEqualTo(bean.rest);
    }

    @Test
    void arrayInADeepGraph_isReadOnce_thoughTheGraphIsReadTwice() throws Exception {
        Object deep = "deep";
        for (int i = 0; i < 3_000; i++) {
            deep = new Bean(new int[0], deep, new byte[0]);
        }
        List<Object> value = new ArrayList<>(List.of(random(long.class, 300_000), deep, random(byte.class, 400_000)));

        List<Object> read = pass(Wires.worker(), Wires.parent(), value);

        assertThat(read.get(0)).isEqualTo(random(long.class, 300_000));
        assertThat(read.get(2)).isEqualTo(random(byte.class, 400_000));
    }

    @Test
    void filterOfThePool_isAskedForTheLength_beforeTheArrayIsMade() {
        ObjectInputFilter filter = ObjectInputFilter.Config.createFilter("maxarray=100000");
        Bean bean = new Bean((int[]) random(int.class, 1 << 20), "", new byte[0]);
        WireReader in = reader(write(Wires.worker(), bean));

        assertThatThrownBy(() -> Wires.parent().withFilter(filter).read(in))
                .isInstanceOf(InvalidClassException.class)
                .hasMessageContaining("refused by the filter of this pool");
        assertThat(in.attachmentsRead()).isZero();
    }

    private static final class AsBytes implements Codec {

        @Override
        public byte[] encode(@Nullable Object value) {
            return (byte[]) Objects.requireNonNull(value);
        }

        @Override
        public Object decode(byte[] bytes) {
            return bytes;
        }
    }

    @Test
    void whatACodecOfTheUserMakes_isAttached() throws Exception {
        byte[] large = (byte[]) random(byte.class, 1 << 20);
        Codec codec = new AsBytes();
        assertThat(write(Wires.parent().with(codec), large).position()).isLessThan(20);
        assertThat(pass(Wires.parent().with(codec), Wires.worker().with(codec), large))
                .isEqualTo(large);
    }

    @Test
    void valueThatCannotTravel_leavesNothingAttached() {
        WireWriter out = new WireWriter(16);
        boolean _ = out.attaching(true);
        assertThatThrownBy(() -> Wires.parent().write(out, List.of(random(byte.class, 1 << 20), new Object())))
                .isInstanceOf(NotShippableException.class);
        assertThat(out.position()).isZero();
        assertThat(out.attachments()).isEmpty();
    }

    @Test
    void nothingIsAttached_whereNothingCanBe() {
        assertThat(Wires.toWorker(random(byte.class, 1 << 20))).isEqualTo(random(byte.class, 1 << 20));
        assertThat(Wires.toWorker("x".repeat(1 << 20))).isEqualTo("x".repeat(1 << 20));
    }

    @Test
    void promiseOfAnAttachment_withoutAny_isCorrupt() {
        WireWriter out = new WireWriter();
        out.putByte(Tags.ATTACHED);
        out.putByte(Tags.LONGS);
        out.putCount(1 << 20);
        assertThatThrownBy(() -> Wires.parent().read(new WireReader(out.toByteArray())))
                .isInstanceOf(CorruptFrameException.class);
        out.setInt(0, 0x7f7f7f00 | Tags.ATTACHED);
        assertThatThrownBy(() -> Wires.parent().read(reader(out))).isInstanceOf(CorruptFrameException.class);
    }

    static final class Loaded extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final byte[] load;

        Loaded(byte[] load) {
            super("loaded");
            this.load = load;
        }
    }

    @Test
    void exceptions_haveAllInTheMessage() throws IOException {
        WireWriter out = new WireWriter();
        boolean _ = out.attaching(true);
        Wires.worker().writeThrowable(out, new Loaded(new byte[1 << 20]));
        assertThat(out.attachments()).isEmpty();
        assertThat(out.isAttaching()).isTrue();
        Throwable read = Wires.parent().readThrowable(reader(out), "worker-1");
        assertThat(((Loaded) read).load).hasSize(1 << 20);
    }
}
