// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a channel promises, with both sides in one JVM.
@Timeout(60)
class ChannelTest extends WithPairs {

    @ParameterizedTest
    @EnumSource
    void way_isTheOneAskedFor(Way way) throws Exception {
        Pair pair = open(way);
        assertThat(pair.parent().hasWords()).isEqualTo(way.sharedMemory);
        assertThat(pair.worker().hasWords()).isEqualTo(way.sharedMemory);
    }

    @ParameterizedTest
    @EnumSource
    void handshake_leavesNothingBehind(Way way) throws Exception {
        String shared;
        Pair pair;
        try (Listener listener = Listener.open(folder, way.options())) {
            shared = Invitation.readFrom(new ByteArrayInputStream(Pair.invitation(listener)))
                    .sharedFile();
            assertThat(shared.isEmpty()).isEqualTo(!way.sharedMemory);
            pair = Pair.connect(listener);
        }
        pairs.add(pair);
        assertThat(folder).isEmptyDirectory();
        if (way.sharedMemory) {
            assertThat(Path.of(shared)).doesNotExist();
            assertThat(Path.of(shared).getParent())
                    .satisfiesAnyOf(
                            p -> assertThat(p).doesNotExist(),
                            p -> assertThat(p).isEqualTo(folder));
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytes_comeInOrderBothWays(Way way) throws Exception {
        Pair pair = open(way);
        long total = 5_000_000;
        FutureTask<Void> there = Pair.start(() -> send(pair.parent(), total, 1));
        FutureTask<Void> back = Pair.start(() -> send(pair.worker(), total, 2));
        FutureTask<Void> here = Pair.start(() -> receive(pair.parent(), total, 3));
        receive(pair.worker(), total, 4);
        here.get();
        there.get();
        back.get();
    }

    private static Void send(Channel channel, long total, long seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = new byte[100_000];
        for (long at = 0; at < total; ) {
            // mostly small, sometimes more than a ring
            int bound = random.nextInt(20) == 0 ? bytes.length : 300;
            int count = (int) Math.min(total - at, 1 + random.nextInt(bound));
            Pair.fill(bytes, count, at);
            channel.write(bytes, 0, count);
            at += count;
            if (random.nextInt(3) == 0) {
                channel.flush();
            }
        }
        channel.flush();
        return null;
    }

    private static Void receive(Channel channel, long total, long seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = new byte[100_000];
        for (long at = 0; at < total; ) {
            int bound = random.nextInt(20) == 0 ? bytes.length : 300;
            int count = channel.read(bytes, 0, 1 + random.nextInt(bound));
            if (count < 0) {
                throw new EOFException();
            }
            Pair.check(bytes, count, at);
            at += count;
        }
        return null;
    }

    @ParameterizedTest
    @EnumSource
    void available_countsWhatWasFlushed(Way way) throws Exception {
        Pair pair = open(way);
        assertThat(pair.worker().available()).isZero();
        pair.parent().write(new byte[] {1, 2, 3}, 0, 3);
        assertThat(pair.worker().available()).isZero();
        pair.parent().flush();
        await().until(() -> pair.worker().available() == 3);
        byte[] bytes = new byte[10];
        assertThat(pair.worker().read(bytes, 4, 6)).isEqualTo(3);
        assertThat(bytes).containsExactly(0, 0, 0, 0, 1, 2, 3, 0, 0, 0);
        assertThat(pair.worker().available()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void free_canBeWrittenAtOnce(Way way) throws Exception {
        Pair pair = open(way);
        int free = pair.parent().free();
        assertThat(free).isPositive();
        pair.parent().write(new byte[free], 0, free);
        assertThat(pair.parent().free()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void close_wakesTheReaderOfThisSide(Way way) throws Exception {
        Pair pair = open(way);
        FutureTask<Integer> read = startAndSleep(() -> pair.parent().read(new byte[10], 0, 10));
        pair.parent().close();
        assertThatThrownBy(() -> get(read)).hasCauseInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> pair.parent().read(new byte[1], 0, 1)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> pair.parent().available()).isInstanceOf(ClosedChannelException.class);
    }

    @ParameterizedTest
    @EnumSource
    void close_wakesTheWriterOfThisSide(Way way) throws Exception {
        Pair pair = open(way);
        FutureTask<Void> write = startAndSleep(() -> send(pair.parent(), 100_000_000, 1));
        pair.parent().close();
        assertThatThrownBy(() -> get(write)).hasCauseInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> send(pair.parent(), 100_000, 1)).isInstanceOf(ClosedChannelException.class);
    }

    @ParameterizedTest
    @EnumSource
    void close_wakesTheControlReaderOfThisSide(Way way) throws Exception {
        Pair pair = open(way);
        FutureTask<byte[]> receive = startAndSleep(() -> pair.parent().receiveControl());
        pair.parent().close();
        pair.parent().close();
        assertThat(get(receive)).isNull();
        assertThatThrownBy(() -> pair.parent().sendControl(new byte[1])).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void closeOfTheOtherSide_isTheEndAfterWhatWasPublished(Way way) throws Exception {
        Pair pair = open(way);
        pair.worker().write(new byte[] {1, 2, 3}, 0, 3);
        pair.worker().flush();
        pair.worker().sendControl(new byte[] {4});
        pair.worker().close();
        byte[] bytes = new byte[10];
        assertThat(Pair.readFully(pair.parent(), bytes, 3)).isTrue();
        assertThat(pair.parent().read(bytes, 0, 10)).isEqualTo(-1);
        assertThat(pair.parent().read(bytes, 0, 10)).isEqualTo(-1);
        assertThat(pair.parent().awaitReadable(Pair.PATIENCE_NANOS)).isTrue();
        assertThat(pair.parent().receiveControl()).containsExactly(4);
        assertThat(pair.parent().receiveControl()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void closeOfTheOtherSide_wakesSleepers(Way way) throws Exception {
        Pair pair = open(way);
        FutureTask<Integer> read = startAndSleep(() -> pair.parent().read(new byte[10], 0, 10));
        FutureTask<Void> write = startAndSleep(() -> send(pair.parent(), 100_000_000, 1));
        FutureTask<byte[]> receive = startAndSleep(() -> pair.parent().receiveControl());
        pair.worker().close();
        assertThat(get(read)).isEqualTo(-1);
        assertThat(get(receive)).isNull();
        assertThatThrownBy(() -> get(write)).hasCauseInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void peerDied_wakesSleepersWhileTheSocketsAreOpen(Way way) throws Exception {
        Pair pair = open(way);
        FutureTask<Integer> read = startAndSleep(() -> pair.parent().read(new byte[10], 0, 10));
        FutureTask<Void> write = startAndSleep(() -> send(pair.parent(), 100_000_000, 1));
        FutureTask<byte[]> receive = startAndSleep(() -> pair.parent().receiveControl());
        pair.parent().peerDied();
        assertThat(get(read)).isEqualTo(-1);
        assertThat(get(receive)).isNull();
        assertThatThrownBy(() -> get(write)).hasCauseInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource
    void peerDied_leavesWhatWasPublished(Way way) throws Exception {
        Pair pair = open(way);
        pair.worker().write(new byte[] {1, 2, 3}, 0, 3);
        pair.worker().flush();
        pair.worker().sendControl(new byte[] {4});
        await().until(() -> pair.parent().available() > 0);
        pair.parent().peerDied();
        byte[] bytes = new byte[3];
        assertThat(Pair.readFully(pair.parent(), bytes, 3)).isTrue();
        assertThat(bytes).containsExactly(1, 2, 3);
        assertThat(pair.parent().read(bytes, 0, 3)).isEqualTo(-1);
        assertThat(pair.parent().receiveControl()).containsExactly(4);
        assertThat(pair.parent().receiveControl()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void interrupt_disturbsNeitherReadingNorWriting(Way way) throws Exception {
        Pair pair = open(way);
        long total = 20_000_000;
        List<Thread> threads = new ArrayList<>();
        List<FutureTask<Boolean>> tasks = List.of(
                new FutureTask<>(() -> {
                    send(pair.parent(), total, 1);
                    return Thread.interrupted();
                }),
                new FutureTask<>(() -> {
                    byte[] bytes = new byte[1];
                    assertThat(pair.parent().read(bytes, 0, 1)).isEqualTo(1);
                    return Thread.interrupted();
                }),
                new FutureTask<>(() -> {
                    assertThat(pair.parent().receiveControl()).containsExactly(5);
                    return Thread.interrupted();
                }));
        tasks.forEach(task -> threads.add(Pair.startThread(task)));
        for (Thread thread : threads) {
            awaitSleep(thread);
            thread.interrupt();
        }
        for (Thread thread : threads) {
            awaitSleep(thread);
        }
        receive(pair.worker(), total, 2);
        pair.worker().write(new byte[1], 0, 1);
        pair.worker().flush();
        pair.worker().sendControl(new byte[] {5});
        for (FutureTask<Boolean> task : tasks) {
            assertThat(get(task)).as("the status is kept").isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void interruptedThread_canUseAllOfIt(Way way) throws Exception {
        Pair pair = open(way);
        Thread.currentThread().interrupt();
        pair.parent().write(new byte[1], 0, 1);
        pair.parent().flush();
        pair.parent().sendControl(new byte[] {5});
        byte[] bytes = new byte[1];
        assertThat(pair.worker().read(bytes, 0, 1)).isEqualTo(1);
        assertThat(pair.worker().receiveControl()).containsExactly(5);
        assertThat(Thread.interrupted()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void awaitReadable_endsWithTheTime(Way way) throws Exception {
        Pair pair = open(way);
        assertThat(pair.parent().awaitReadable(0)).isFalse();
        assertThat(pair.parent().awaitReadable(TimeUnit.MILLISECONDS.toNanos(5)))
                .isFalse();
        pair.worker().write(new byte[1], 0, 1);
        pair.worker().flush();
        assertThat(pair.parent().awaitReadable(Long.MAX_VALUE)).isTrue();
        assertThat(pair.parent().read(new byte[1], 0, 1)).isEqualTo(1);
        FutureTask<Boolean> wait = startAndSleep(() -> pair.parent().awaitReadable(Long.MAX_VALUE));
        pair.worker().close();
        assertThat(get(wait)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void awaitReadable_endsWithAnInterruptAndTheChannelStays(Way way) throws Exception {
        Pair pair = open(way);
        FutureTask<Boolean> wait = new FutureTask<>(() -> pair.parent().awaitReadable(Pair.PATIENCE_NANOS));
        Thread thread = Pair.startThread(wait);
        awaitSleep(thread);
        thread.interrupt();
        assertThatThrownBy(() -> get(wait)).hasCauseInstanceOf(InterruptedException.class);
        FutureTask<Integer> read = startAndSleep(() -> pair.parent().read(new byte[1], 0, 1));
        pair.worker().write(new byte[1], 0, 1);
        pair.worker().flush();
        assertThat(get(read)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void oneThreadOnEachSide_canWriteMuchWithoutDeadlock(Way way) throws Exception {
        Pair pair = open(way);
        int total = 20_000_000;
        FutureTask<Void> worker = Pair.start(() -> exchange(pair.worker(), total));
        exchange(pair.parent(), total);
        get(worker);
    }

    /// Sends and receives at the same time, with a single thread.
    private static Void exchange(Channel channel, int total) throws IOException {
        byte[] out = new byte[300_000];
        byte[] in = new byte[50_000];
        int begun = 0;
        int from = 0;
        int left = 0;
        int received = 0;
        while (received < total || left > 0 || begun < total || !channel.flushNow()) {
            if (left == 0 && begun < total) {
                left = Math.min(out.length, total - begun);
                from = 0;
                Pair.fill(out, left, begun);
                begun += left;
            }
            int wrote = channel.writeNow(out, from, left);
            from += wrote;
            left -= wrote;
            int read = channel.available() > 0 ? channel.read(in, 0, in.length) : 0;
            Pair.check(in, read, received);
            received += read;
            if (wrote == 0 && read == 0) {
                channel.awaitReadableOrWritable();
            }
        }
        return null;
    }

    @ParameterizedTest
    @EnumSource
    void awaitReadableOrWritable_endsWithTheOtherSide(Way way) throws Exception {
        Pair pair = open(way);
        fill(pair.parent());
        FutureTask<Void> wait = startAndSleep(() -> {
            pair.parent().awaitReadableOrWritable();
            return null;
        });
        pair.parent().peerDied();
        try {
            get(wait);
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(IOException.class);
        }
        // at once the second time too
        try {
            pair.parent().awaitReadableOrWritable();
        } catch (IOException e) {
            assertThat(e).hasMessage("the other side of the channel is gone");
        }
        assertThat(pair.parent().read(new byte[1], 0, 1)).isEqualTo(-1);
    }

    private static void fill(Channel channel) throws IOException {
        byte[] bytes = new byte[10_000];
        while (channel.writeNow(bytes, 0, bytes.length) > 0) {
            channel.flushNow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void controlMessages_comeWholeFromManyThreads(Way way) throws Exception {
        Pair pair = open(way);
        int[] sizes = {0, 1, 100, 8_188, 8_189, 100_000};
        List<FutureTask<Void>> senders = new ArrayList<>();
        for (int size : sizes) {
            senders.add(Pair.start(() -> {
                byte[] message = new byte[size];
                Arrays.fill(message, (byte) size);
                for (int i = 0; i < 20; i++) {
                    pair.worker().sendControl(message);
                }
                return null;
            }));
        }
        int[] came = new int[sizes.length];
        for (int i = 0; i < 20 * sizes.length; i++) {
            byte[] message = pair.parent().receiveControl();
            int size = message.length;
            for (byte b : message) {
                assertThat(b).isEqualTo((byte) size);
            }
            came[Arrays.binarySearch(sizes, size)]++;
        }
        assertThat(came).containsOnly(20);
        for (FutureTask<Void> sender : senders) {
            sender.get();
        }
    }

    @ParameterizedTest
    @EnumSource
    void controlMessage_doesNotWaitBehindData(Way way) throws Exception {
        Pair pair = open(way);
        startAndSleep(() -> send(pair.parent(), 100_000_000, 1));
        pair.parent().sendControl(new byte[] {7});
        assertThat(pair.worker().receiveControl()).containsExactly(7);
    }

    @ParameterizedTest
    @EnumSource
    void tooLongControlMessage_isRefusedBeforeAnythingIsSent(Way way) throws Exception {
        Pair pair = open(way);
        assertThatThrownBy(() -> pair.parent().sendControl(new byte[Channel.MAX_CONTROL + 1]))
                .isInstanceOf(IllegalArgumentException.class);
        pair.parent().sendControl(new byte[] {1});
        assertThat(pair.worker().receiveControl()).containsExactly(1);
    }

    @ParameterizedTest
    @EnumSource
    void words_keepWhatWasStored(Way way) throws Exception {
        Pair pair = open(way);
        for (int i = 0; i < Channel.WORDS; i++) {
            assertThat(pair.worker().loadWord(i)).isZero();
            pair.worker().storeWord(i, 100L + i);
        }
        assertThat(pair.worker().casWord(3, 0, 5)).isFalse();
        assertThat(pair.worker().casWord(3, 103, 5)).isTrue();
        assertThat(pair.worker().loadWord(3)).isEqualTo(5);
        assertThat(pair.parent().loadWord(4)).isEqualTo(way.sharedMemory ? 104 : 0);
        pair.worker().close();
        assertThat(pair.worker().loadWord(7)).isEqualTo(107);
        assertThat(pair.parent().loadWord(7)).isEqualTo(way.sharedMemory ? 107 : 0);
        assertThatThrownBy(() -> pair.parent().loadWord(8)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @EnumSource
    void closingUnderTraffic_endsInExceptionsOnly(Way way) throws Exception {
        for (int i = 0; i < 10; i++) {
            Pair pair = open(way);
            List<FutureTask<Void>> traffic = List.of(
                    Pair.start(() -> send(pair.parent(), Long.MAX_VALUE, 1)),
                    Pair.start(() -> receive(pair.worker(), Long.MAX_VALUE, 2)),
                    Pair.start(() -> {
                        while (pair.parent().loadWord(0) >= 0) {
                            pair.worker().storeWord(0, pair.worker().loadWord(0) + 1);
                            pair.worker().sendControl(new byte[0]);
                            pair.parent().receiveControl();
                        }
                        return null;
                    }));
            await().until(() -> pair.worker().loadWord(0) > 10);
            (i % 2 == 0 ? pair.parent() : pair.worker()).close();
            pair.worker().close();
            for (FutureTask<Void> task : traffic) {
                assertThatThrownBy(() -> get(task)).hasCauseInstanceOf(IOException.class);
            }
        }
    }

    private static <T> T get(FutureTask<T> task) throws Exception {
        try {
            return task.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    private static <T> FutureTask<T> startAndSleep(Pair.Action<T> action) {
        FutureTask<T> task = new FutureTask<>(action::run);
        awaitSleep(Pair.startThread(task));
        return task;
    }

    /// A thread in a selector is runnable for the JVM; its stack tells.
    static void awaitSleep(Thread thread) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> !thread.isAlive()
                        || Arrays.stream(thread.getStackTrace())
                                .anyMatch(frame -> frame.getClassName().contains("Readiness")));
        assertThat(thread.isAlive()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void longFolder_isNoObstacle(Way way) throws Exception {
        Path deep = folder.resolve("x".repeat(120));
        Files.createDirectory(deep);
        try (Pair pair = Pair.open(deep, way.options())) {
            pair.parent().sendControl(new byte[] {1});
            assertThat(pair.worker().receiveControl()).containsExactly(1);
        }
        assertThat(deep).isEmptyDirectory();
    }
}
