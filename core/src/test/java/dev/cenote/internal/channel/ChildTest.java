// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cenote.internal.channel.ChildMain.Child;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A channel to a child JVM, and how it ends when one of the two is killed.
@Timeout(60)
class ChildTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void frames_comeBackAsTheyWere(Way way) throws Exception {
        try (Child child = ChildMain.start(folder, way.options(), "echo")) {
            Channel channel = child.channel();
            assertThat(channel.hasWords()).isEqualTo(way.sharedMemory);
            Random random = new Random(1);
            byte[] frame = new byte[4 + (64 << 10)];
            for (int i = 0; i < 300; i++) {
                int length = 1 + random.nextInt(i % 10 == 0 ? 64 << 10 : 200);
                frame[0] = (byte) length;
                frame[1] = (byte) (length >> 8);
                frame[2] = (byte) (length >> 16);
                byte[] body = new byte[length];
                Pair.fill(body, length, i);
                System.arraycopy(body, 0, frame, 4, length);
                channel.write(frame, 0, 4 + length);
                channel.flush();
                byte[] back = new byte[4 + length];
                assertThat(Pair.readFully(channel, back, 4 + length)).isTrue();
                assertThat(back).isEqualTo(Arrays.copyOf(frame, 4 + length));
            }
            if (way.sharedMemory) {
                await().until(() -> channel.loadWord(0) == 300);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void hundredMegabytes_goEachWayUnchanged(Way way) throws Exception {
        try (Child child = ChildMain.start(folder, way.options(), "echo-in-parts")) {
            Channel channel = child.channel();
            FutureTask<Void> writing = Pair.start(() -> {
                byte[] bytes = new byte[ChildMain.MEGABYTE];
                for (long i = 0; i < ChildMain.MEGABYTES; i++) {
                    Pair.fill(bytes, bytes.length, i * bytes.length);
                    channel.write(bytes, 0, bytes.length);
                }
                channel.flush();
                return null;
            });
            byte[] bytes = new byte[ChildMain.MEGABYTE];
            for (long i = 0; i < ChildMain.MEGABYTES; i++) {
                assertThat(Pair.readFully(channel, bytes, bytes.length)).isTrue();
                Pair.check(bytes, bytes.length, -i * bytes.length);
            }
            writing.get();
        }
    }

    @ParameterizedTest
    @EnumSource
    void killedReader_wakesTheWriterWhoWaitsForRoom(Way way) throws Exception {
        try (Child child = ChildMain.start(folder, way.options(), "nothing")) {
            FutureTask<Void> writing = new FutureTask<>(() -> {
                byte[] bytes = new byte[100_000_000];
                child.channel().write(bytes, 0, bytes.length);
                child.channel().flush();
                return null;
            });
            Thread writer = Pair.startThread(writing);
            ChannelTest.awaitSleep(writer);
            child.process().destroyForcibly();
            assertThatThrownBy(() -> writing.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
            assertThat(child.channel().receiveControl()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void killedWriter_leavesWholeRecordsAndThenTheEnd(Way way) throws Exception {
        try (Child child = ChildMain.start(folder, way.options(), "records")) {
            Channel channel = child.channel();
            byte[] bytes = new byte[50_000];
            long at = 0;
            for (; ; ) {
                int count = channel.read(bytes, 0, bytes.length);
                if (count < 0) {
                    break;
                }
                Pair.check(bytes, count, at);
                at += count;
                if (at > 1_000_000) {
                    child.process().destroyForcibly();
                }
            }
            assertThat(at).isGreaterThan(1_000_000);
            if (way.sharedMemory) {
                assertThat(at % ChildMain.RECORD_BYTES).isZero();
                // the word is stored after the record is published
                assertThat(at / ChildMain.RECORD_BYTES - channel.loadWord(0)).isBetween(0L, 1L);
            }
            assertThat(channel.read(bytes, 0, 1)).isEqualTo(-1);
            assertThat(channel.receiveControl()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void killedParent_isNoticedByTheWorkerAtOnce(Way way) throws Exception {
        Process parent = ChildMain.startJvm("parent", folder.toString(), way.name());
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("connected");
            // through the handle, as the process would close its streams
            parent.toHandle().destroyForcibly();
            // the worker holds the other end of this pipe until it ends, which takes milliseconds
            assertThat(Pair.start(output::readLine).get(5, TimeUnit.SECONDS)).isNull();
        } finally {
            parent.destroyForcibly();
        }
    }

    @ParameterizedTest
    @EnumSource
    void workerThatEndsAfterTheHandshake_isTheEndOfBothPaths(Way way) throws Exception {
        try (Child child = ChildMain.start(folder, way.options(), "die")) {
            assertThat(child.channel().read(new byte[1], 0, 1)).isEqualTo(-1);
            assertThat(child.channel().receiveControl()).isNull();
        }
    }
}
