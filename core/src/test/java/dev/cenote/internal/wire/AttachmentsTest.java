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

    private static Attachments reader(Bytes source, long believed, long promised) {
        Attachments reader = new Attachments(source, believed);
        reader.begin(promised);
        return reader;
    }

    @Test
    void array_thatIsLongerThanIsBelieved_growsAsItsBytesArrive() throws IOException {
        byte[] sent = random(10_000);
        Bytes source = new Bytes(sent);
        Attachments reader = reader(source, 1_000, sent.length);

        assertThat(reader.next(byte.class, sent.length)).isEqualTo(sent);

        assertThat(source.asked).containsExactly(1_000L, 3_000L, 6_000L);
        assertThat(reader.left()).isZero();
    }

    @Test
    void promise_thatIsNotKept_costsLittle() {
        Bytes source = new Bytes(random(3_000));
        Attachments reader = reader(source, 1_000, Long.MAX_VALUE);

        assertThatThrownBy(() -> reader.next(long.class, 200_000_000)).isInstanceOf(EOFException.class);

        assertThat(source.asked).containsExactly(1_000L, 3_000L);
        assertThatThrownBy(reader::finish).isInstanceOf(EOFException.class);
    }

    @Test
    void array_cannotBeLongerThanTheFrameSays() throws IOException {
        Attachments reader = reader(new Bytes(random(100)), 1_000, 24);

        assertThat(reader.next(long.class, 2)).isInstanceOf(long[].class);

        assertThatThrownBy(() -> reader.next(long.class, 2))
                .isInstanceOf(CorruptFrameException.class)
                .hasMessage("2 elements of 8 bytes were promised, 8 bytes are left");
        assertThatThrownBy(() -> reader.next(long.class, 1L << 61)).isInstanceOf(CorruptFrameException.class);
    }

    @Test
    void array_thatTheHeapCannotTake_isNamedWithItsSize_andItsBytesArePassedOver() throws IOException {
        byte[] sent = new byte[16];
        Attachments reader = new Attachments(new Bytes(sent), Long.MAX_VALUE);
        reader.begin(Long.MAX_VALUE);

        assertThatThrownBy(() -> reader.next(long.class, Integer.MAX_VALUE))
                .isInstanceOf(Attachments.NoRoomException.class)
                .hasMessageStartingWith("an array of 16384 MiB does not fit into the heap, which may have ");
        assertThat(reader.next(byte.class, 16)).isEqualTo(sent);
    }

    @Test
    void secondReading_getsTheSameArrays() throws IOException {
        Attachments reader = reader(new Bytes(random(100)), 1_000, 100);
        Object first = reader.next(int.class, 10);
        int mark = reader.position();
        Object second = reader.next(byte.class, 20);

        reader.rewind(mark);

        assertThat(reader.next(byte.class, 20)).isSameAs(second);
        assertThat(reader.left()).isEqualTo(40);
        reader.rewind(0);
        assertThat(reader.next(int.class, 10)).isSameAs(first);
        assertThatThrownBy(() -> reader.next(byte.class, 21)).isInstanceOf(CorruptFrameException.class);
    }

    @Test
    void finish_passesOverWhatWasNotRead() throws IOException {
        Bytes source = new Bytes(random(200_000));
        Attachments reader = reader(source, 1_000, 150_000);
        assertThat(reader.next(byte.class, 10)).isNotNull();

        reader.finish();

        assertThat(source.position).isEqualTo(150_000);
        assertThat(reader.left()).isZero();
    }

    @Test
    void frame_tellsWhatIsAttachedToIt_inItsLastBytes() throws IOException {
        WireWriter out = new WireWriter(4);
        int begin = Messages.begin(out, Messages.VALUE);
        out.putByte(1);
        out.attach(MemorySegment.ofArray(new byte[300]));
        out.putByte(2);
        Messages.end(out, begin);

        WireReader in = new WireReader(out.toByteArray());
        assertThat(in.getInt()).isEqualTo(Messages.ATTACHED | 11);
        assertThat(in.left()).isEqualTo(11);
        in.skip(3);
        assertThat(in.getLong()).isEqualTo(300);
        assertThat(out.attachments())
                .singleElement()
                .satisfies(each -> assertThat(each.at()).isEqualTo(out.position()));
    }

    @Test
    void rewind_forgetsWhatWasAttachedAfterwards_andNothingElse() {
        WireWriter out = new WireWriter(4);
        out.putInt(1);
        out.attach(MemorySegment.ofArray(new byte[1]));
        int mark = out.position();
        out.putInt(2);
        out.attach(MemorySegment.ofArray(new byte[2]));

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
        out.attach(MemorySegment.ofArray(new byte[1]));
        out.putInt(2);
        out.attach(MemorySegment.ofArray(new byte[2]));

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
        out.attach(MemorySegment.ofArray(array).asSlice(0, 20));

        out.copyAttached();
        array[0] = 7;

        MemorySegment copy = out.attachments().getFirst().content();
        assertThat(copy.byteSize()).isEqualTo(20);
        assertThat(copy.asSlice(0, 16).toArray(java.lang.foreign.ValueLayout.JAVA_LONG))
                .containsExactly(1, 2);
    }
}
