// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Arrays that stand behind a frame, as the writer keeps them and as the reader makes them.
class AttachmentsTest {

    /// Has some bytes, and remembers how many it was asked for at a time.
    private static final class Bytes implements Attachments.Source {

        private final byte[] bytes;
        private final List<Long> asked = new ArrayList<>();
        private int position;

        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void read(MemorySegment target) throws IOException {
            asked.add(target.byteSize());
            if (target.byteSize() > bytes.length - position) {
                throw new EOFException();
            }
            MemorySegment.copy(MemorySegment.ofArray(bytes), position, target, 0, target.byteSize());
            position += (int) target.byteSize();
        }
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    /// The end of a frame that says what is attached.
    private static WireReader frame(Object... typesAndCounts) {
        WireWriter out = new WireWriter(4);
        out.putByte(Messages.VALUE);
        for (int i = 0; i < typesAndCounts.length; i += 2) {
            out.putByte((char) typesAndCounts[i]);
            out.putLong((int) typesAndCounts[i + 1]);
        }
        out.putInt(typesAndCounts.length / 2);
        return new WireReader(out.toByteArray());
    }

    private static Attachments reader(Attachments.Source source, long believed, Object... typesAndCounts)
            throws IOException {
        Attachments reader = new Attachments(source, believed);
        assertThat(reader.begin(frame(typesAndCounts))).isEqualTo(1);
        return reader;
    }

    @Test
    void array_thatIsLongerThanIsBelieved_growsAsItsBytesArrive() throws IOException {
        byte[] sent = random(10_000);
        Bytes source = new Bytes(sent);
        Attachments reader = reader(source, 1_000, 'B', sent.length);

        assertThat(reader.next(byte.class, sent.length)).isEqualTo(sent);

        assertThat(source.asked).containsExactly(1_000L, 3_000L, 6_000L);
        assertThat(reader.left()).isZero();
    }

    @Test
    void promise_thatIsNotKept_costsLittle() throws IOException {
        Bytes source = new Bytes(random(3_000));
        Attachments reader = reader(source, 1_000, 'J', 200_000_000);

        assertThatThrownBy(() -> reader.next(long.class, 200_000_000)).isInstanceOf(EOFException.class);

        assertThat(source.asked).containsExactly(1_000L, 3_000L);
        assertThatThrownBy(reader::finish).isInstanceOf(EOFException.class);
    }

    @Test
    void value_getsNothingButWhatItsFrameSays() throws IOException {
        Attachments reader = reader(new Bytes(random(100)), 1_000, 'J', 3, 'C', 2);

        assertThatThrownBy(() -> reader.next(long.class, 2))
                .isInstanceOf(CorruptFrameException.class)
                .hasMessage("an array of 2 long is not what comes next behind this frame");
        assertThatThrownBy(() -> reader.next(double.class, 3)).isInstanceOf(CorruptFrameException.class);
        assertThatThrownBy(() -> reader.next(long.class, 1L << 61)).isInstanceOf(CorruptFrameException.class);
        assertThat(reader.next(long.class, 3)).isInstanceOf(long[].class);
        assertThat(reader.next(char.class, 2)).isInstanceOf(char[].class);
        assertThatThrownBy(() -> reader.next(char.class, 2)).isInstanceOf(CorruptFrameException.class);
    }

    @Test
    void frame_thatMakesNoSense_isCorrupt() {
        Attachments reader = new Attachments(new Bytes(random(100)));
        for (Object[] bad : new Object[][] {{}, {'Z', 1}, {'J', -1}}) {
            assertThatThrownBy(() -> reader.begin(frame(bad))).isInstanceOf(CorruptFrameException.class);
            assertThat(reader.left()).isZero();
        }
        WireWriter out = new WireWriter(4);
        out.putByte(1);
        out.putInt(Integer.MAX_VALUE);
        assertThatThrownBy(() -> reader.begin(new WireReader(out.toByteArray())))
                .isInstanceOf(CorruptFrameException.class);
        assertThatThrownBy(() -> reader.begin(new WireReader(new byte[2]))).isInstanceOf(CorruptFrameException.class);
    }

    @Test
    void array_thatTheHeapCannotTake_isNamedWithItsSize_andItsBytesArePassedOver() throws IOException {
        long[] passed = {0};
        Attachments reader = reader(target -> passed[0] += target.byteSize(), Long.MAX_VALUE, 'J', Integer.MAX_VALUE);

        assertThatThrownBy(reader::load)
                .isInstanceOf(Attachments.NoRoomException.class)
                .hasMessageStartingWith("an array of 16384 MiB does not fit into the heap, which may have ");
        reader.finish();
        assertThat(passed[0]).isEqualTo(8L * Integer.MAX_VALUE);
    }

    @Test
    void load_readsAll_beforeTheValueAsks() throws IOException {
        Bytes source = new Bytes(random(60));
        Attachments reader = reader(source, 1_000, 'I', 10, 'B', 20);

        reader.load();

        assertThat(reader.left()).isZero();
        assertThat(source.position).isEqualTo(60);
        assertThat(reader.position()).isZero();
        assertThat(reader.next(int.class, 10)).isInstanceOf(int[].class);
        assertThatThrownBy(() -> reader.next(byte.class, 21)).isInstanceOf(CorruptFrameException.class);
    }

    @Test
    void secondReading_getsTheSameArrays() throws IOException {
        Attachments reader = reader(new Bytes(random(100)), 1_000, 'I', 10, 'B', 20, 'B', 40);
        Object first = reader.next(int.class, 10);
        int mark = reader.position();
        Object second = reader.next(byte.class, 20);

        reader.rewind(mark);

        assertThat(reader.next(byte.class, 20)).isSameAs(second);
        assertThat(reader.left()).isEqualTo(40);
        reader.rewind(0);
        assertThat(reader.next(int.class, 10)).isSameAs(first);
    }

    @Test
    void finish_passesOverWhatWasNotRead() throws IOException {
        Bytes source = new Bytes(random(200_000));
        Attachments reader = reader(source, 1_000, 'B', 10, 'B', 149_990);
        assertThat(reader.next(byte.class, 10)).isNotNull();

        reader.finish();

        assertThat(source.position).isEqualTo(150_000);
        assertThat(reader.left()).isZero();
        reader.load(); // there is nothing
        assertThatThrownBy(() -> reader.next(byte.class, 10)).isInstanceOf(CorruptFrameException.class);
    }

    @Test
    void frame_tellsWhatIsAttachedToIt_inItsLastBytes() throws IOException {
        WireWriter out = new WireWriter(4);
        int begin = Messages.begin(out, Messages.VALUE);
        out.putByte(1);
        out.attach(short.class, MemorySegment.ofArray(new short[150]));
        out.putByte(2);
        Messages.end(out, begin);

        WireReader in = new WireReader(out.toByteArray());
        assertThat(in.getInt()).isEqualTo(Messages.ATTACHED | 16);
        assertThat(in.left()).isEqualTo(16);
        Attachments reader = new Attachments(target -> {});
        assertThat(reader.begin(in)).isEqualTo(3);
        assertThat(reader.left()).isEqualTo(300);
        assertThat(reader.next(short.class, 150)).isEqualTo(new short[150]);
        assertThat(out.attachments())
                .singleElement()
                .satisfies(each -> assertThat(each.at()).isEqualTo(out.position()));
    }

    @Test
    void rewind_forgetsWhatWasAttachedAfterwards_andNothingElse() {
        WireWriter out = new WireWriter(4);
        out.putInt(1);
        out.attach(byte.class, MemorySegment.ofArray(new byte[1]));
        int mark = out.position();
        out.putInt(2);
        out.attach(byte.class, MemorySegment.ofArray(new byte[2]));

        assertThat(out.attachedSince(mark)).isEqualTo(2);
        assertThat(out.attachedSince(0)).isEqualTo(3);
        out.rewind(mark);
        assertThat(out.attachedSince(0)).isEqualTo(1);
        out.rewind(0);
        assertThat(out.attachments()).isEmpty();
    }

    @Test
    void dropInsertAndPut_keepAttachmentsWhereTheyWere() {
        WireWriter out = new WireWriter(4);
        out.putInt(1);
        out.attach(byte.class, MemorySegment.ofArray(new byte[1]));
        out.putInt(2);
        out.attach(byte.class, MemorySegment.ofArray(new byte[2]));

        out.insert(4, new byte[] {9, 9, 9});
        assertThat(out.attachments()).extracting(WireWriter.Attachment::at).containsExactly(4, 11);
        out.drop(4);
        assertThat(out.toByteArray()).containsExactly(9, 9, 9, 2, 0, 0, 0);
        assertThat(out.attachments()).extracting(WireWriter.Attachment::at).containsExactly(7);
        WireWriter other = new WireWriter(4);
        other.putByte(5);
        other.put(out);
        assertThat(other.toByteArray()).containsExactly(5, 9, 9, 9, 2, 0, 0, 0);
        assertThat(other.attachments()).extracting(WireWriter.Attachment::at).containsExactly(8);
    }

    @Test
    void copies_areNotChangedWithTheArray() {
        long[] array = {1, 2, 3};
        WireWriter out = new WireWriter(4);
        out.putByte(1);
        out.attach(int.class, MemorySegment.ofArray(array).asSlice(0, 20));

        out.copyAttached();
        array[0] = 7;

        MemorySegment copy = out.attachments().getFirst().content();
        assertThat(copy.byteSize()).isEqualTo(20);
        assertThat(copy.asSlice(0, 16).toArray(java.lang.foreign.ValueLayout.JAVA_LONG))
                .containsExactly(1, 2);
    }
}
