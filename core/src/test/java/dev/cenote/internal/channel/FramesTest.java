// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.internal.wire.Attachments;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.Messages;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Frames and what is attached to them, over each way.
@Timeout(60)
class FramesTest extends WithPairs {

    private static long[] numbers(int count) {
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = i * 0x9e3779b97f4a7c15L;
        }
        return numbers;
    }

    /// Writes a frame of some bytes, all of them `content`.
    private static void put(WireWriter out, int bytes, int content, Object... attached) {
        int begin = Messages.begin(out, content);
        for (int i = 1; i < bytes; i++) {
            out.putByte(content);
        }
        for (Object each : attached) {
            out.attach(each.getClass().getComponentType(), Attachments.memoryOf(each));
        }
        Messages.end(out, begin);
    }

    private static WireReader next(FrameReader frames, int bytes, int content) throws IOException {
        WireReader in = Objects.requireNonNull(frames.next());
        assertThat(in.left()).isEqualTo(bytes);
        assertThat(in.getByte()).isEqualTo((byte) content);
        return in;
    }

    @ParameterizedTest
    @EnumSource
    void arrays_comeWithTheirFrame_betweenOthers(Way way) throws Exception {
        Pair pair = open(way);
        long[] large = numbers(1 << 18);
        char[] odd = "x".repeat(70_001).toCharArray();
        FutureTask<Void> writing = Pair.start(() -> {
            WireWriter out = new WireWriter();
            put(out, 3, 1);
            put(out, 40, 2, large, odd);
            put(out, 100_000, 3);
            put(out, 4, 4, odd);
            put(out, 4, 6, odd, large);
            put(out, 5, 5);
            pair.parent().write(out, out.position());
            pair.parent().flush();
            return null;
        });
        FrameReader frames = new FrameReader(pair.worker());
        next(frames, 3, 1);
        WireReader in = next(frames, 40, 2);
        assertThat(in.attachments().next(long.class, large.length)).isEqualTo(large);
        assertThat(in.attachments().next(char.class, odd.length)).isEqualTo(odd);
        next(frames, 100_000, 3);
        next(frames, 4, 4); // what is attached is not read
        in = next(frames, 4, 6);
        frames.load();
        assertThat(in.attachments().left()).isZero();
        assertThat(in.attachments().next(char.class, odd.length)).isEqualTo(odd);
        assertThat(in.attachments().next(long.class, large.length)).isEqualTo(large);
        next(frames, 5, 5);
        writing.get();
    }

    @ParameterizedTest
    @EnumSource
    void end_inAnAttachment_isTold_alsoWhenItIsPassedOver(Way way) throws Exception {
        Pair pair = open(way);
        long[] large = numbers(1 << 12); // fits into the channel
        WireWriter out = new WireWriter();
        put(out, 3, 1, large, large);
        int behind = out.position();
        pair.parent().write(out.array(), 0, behind);
        pair.parent().write(MemorySegment.ofArray(large));
        pair.parent().flush();
        pair.parent().close();

        FrameReader frames = new FrameReader(pair.worker());
        WireReader in = next(frames, 3, 1);
        assertThat(in.attachments().next(long.class, large.length)).isEqualTo(large);
        assertThatThrownBy(() -> in.attachments().next(long.class, large.length))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(frames::finish).isInstanceOf(EOFException.class);
        assertThatThrownBy(frames::next).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @EnumSource
    void close_wakesWhoeverWritesAnArray(Way way) throws Exception {
        Pair pair = open(way);
        FutureTask<Void> writing = Pair.start(() -> {
            pair.parent().write(MemorySegment.ofArray(numbers(1 << 20)));
            return null;
        });
        byte[] some = new byte[1];
        assertThat(pair.worker().read(some, 0, 1)).isEqualTo(1);

        pair.worker().close();

        assertThatThrownBy(writing::get).hasCauseInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void lengthsThatCannotBe_areCorrupt(Way way) throws Exception {
        Pair pair = open(way);
        WireWriter out = new WireWriter();
        out.putInt(Messages.ATTACHED | 4); // no room for anything but a number
        out.putInt(1);
        pair.parent().write(out, out.position());
        pair.parent().flush();
        assertThatThrownBy(() -> new FrameReader(pair.worker()).next()).isInstanceOf(CorruptFrameException.class);

        Pair other = open(way);
        out.rewind(0);
        out.putInt(Messages.ATTACHED | 14);
        out.putByte(1);
        out.putByte('J');
        out.putLong(-5);
        out.putInt(1);
        other.parent().write(out, out.position());
        other.parent().flush();
        assertThatThrownBy(() -> new FrameReader(other.worker()).next()).isInstanceOf(CorruptFrameException.class);
    }
}
