// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cenote.NotShippableException;
import dev.cenote.SharedBytes;
import dev.cenote.SharedDoubles;
import dev.cenote.SharedLongs;
import dev.cenote.internal.launch.OwnFolder;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The memory behind shared arrays: how it is made, found by others, owned and given back.
@Timeout(60)
class RegionTest {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private static Region make(long longs) {
        return Region.create(Kind.LONGS, longs);
    }

    private static List<String> openFiles(String part) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> links = Files.list(DESCRIPTORS)) {
            for (Path link : links.toList()) {
                try {
                    String target = Files.readSymbolicLink(link).toString();
                    if (target.contains(part)) {
                        found.add(target);
                    }
                } catch (IOException e) {
                    // that of the list itself
                }
            }
        }
        return found;
    }

    /// {@return what another process would read}
    private static Handle sent(Region region) throws IOException {
        WireWriter out = new WireWriter();
        region.handle().write(out);
        return Handle.read(new WireReader(out.toByteArray()));
    }

    // ---- room

    @Test
    void create_ofMoreThanIsFree_isRefusedBeforeAnythingIsWritten(@TempDir Path folder) {
        AtomicBoolean written = new AtomicBoolean();
        assertThatThrownBy(() -> Region.create(Kind.DOUBLES, 1L << 50, folder, (file, bytes) -> written.set(true)))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(
                        "SharedDoubles[length=140737488355328]",
                        "1125899906842752 bytes of " + folder,
                        "free of",
                        "-Dcenote.memory=");
        assertThat(written).isFalse();
    }

    @Test
    void create_inAFolderThatIsFull_saysSoAndLeavesNothing(@TempDir Path folder) throws IOException {
        IOException full = new IOException("No space left on device");
        assertThatThrownBy(() -> Region.create(Kind.LONGS, 800, folder, (file, bytes) -> {
                    int _ = file.write(ByteBuffer.allocate(100));
                    throw full;
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("SharedLongs[length=100] takes 928 bytes of " + folder, "--shm-size")
                .hasCause(full);
        assertThat(folder).isEmptyDirectory();
        if (Files.isDirectory(DESCRIPTORS)) {
            assertThat(openFiles(folder.toString())).isEmpty();
        }
    }

    @Test
    void create_writesAllBlocks(@TempDir Path folder) throws IOException {
        long[] size = new long[1];
        Region.create(Kind.BYTES, 3_000_001, folder, (file, bytes) -> {
                    int _ = file.write(ByteBuffer.allocate((int) bytes));
                    size[0] = file.size();
                })
                .close();
        assertThat(size[0]).isEqualTo(128 + 3_000_008);
    }

    // ---- names

    @Test
    @EnabledOnOs(OS.LINUX)
    void memory_hasNoName() throws IOException {
        Region region = make(10);
        Handle handle = region.handle();
        try {
            assertThat(handle.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(Path.of(handle.path())).doesNotExist();
            assertThat(openFiles(handle.path())).hasSize(1);
        } finally {
            region.close();
        }
        assertThat(openFiles(handle.path())).isEmpty();
    }

    @Test
    void fileWithAName_isFoundByItAndDeletedByItsOwner(@TempDir Path folder) throws IOException {
        Handle.Token token = new Handle.Token(1, 2);
        Backing made = Backing.create(folder, "named.m", false);
        Path path;
        try {
            int _ = made.channel().write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
            Handle handle = made.handle(Kind.BYTES, 4, token);
            assertThat(handle.pid()).isZero();
            path = Path.of(handle.path());
            assertThat(path).exists();
            Backing found = Backing.open(handle, 4);
            try (Arena arena = Arena.ofConfined()) {
                assertThat(Backing.map(found.channel(), 4, arena).toArray(ValueLayout.JAVA_BYTE))
                        .containsExactly(1, 2, 3, 4);
                assertThat(found.mapAgain(4).get(ValueLayout.JAVA_BYTE, 3)).isEqualTo((byte) 4);
            }
            found.close();
            assertThat(path).exists();
            assertThatThrownBy(() -> Backing.open(handle, 5)).hasMessageContaining("another file is there now");
        } finally {
            made.close();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void firstMemoryOfAProcess_sweepsWhatWasLeftBeforeItLostItsName(@TempDir Path folder) throws IOException {
        Path left = Files.createFile(folder.resolve("cenote-1-a-00ff.m"));
        Path foreign = Files.createFile(folder.resolve("other.m"));
        Path inside = Files.createDirectory(folder.resolve("cenote-2-a-00ff.m"));
        OwnFolder.sweep(folder);
        assertThat(left).doesNotExist();
        assertThat(foreign).exists();
        assertThat(inside).exists();
    }

    // ---- between processes

    @Test
    void handle_leadsToTheSameMemory() throws IOException {
        Region region = make(10);
        Region other = Region.attach(sent(region));
        try {
            region.data.setAtIndex(ValueLayout.JAVA_LONG, 9, 77);
            assertThat(other.data.getAtIndex(ValueLayout.JAVA_LONG, 9)).isEqualTo(77);
            Region third = Region.attach(sent(other)); // who got it may hand it on
            region.close();
            assertThat(third.data.getAtIndex(ValueLayout.JAVA_LONG, 9)).isEqualTo(77);
            third.close();
        } finally {
            other.close();
            region.close();
        }
    }

    @Test
    void attach_toWhatWasClosed_saysSo() throws IOException {
        Region region = make(10);
        Handle handle = sent(region);
        region.close();
        assertThatThrownBy(() -> Region.attach(handle))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("SharedLongs[length=10] is not there any more", "closed");
    }

    @Test
    void attach_toAnotherMemoryOfTheSameSize_isRefused() throws IOException {
        Region region = make(10);
        Region other = make(10);
        try {
            Handle own = sent(region);
            Handle others = sent(other);
            Handle mixed =
                    new Handle(own.kind(), own.bytes(), own.token(), others.pid(), others.descriptor(), others.path());
            assertThatThrownBy(() -> Region.attach(mixed)).hasMessageContaining("other memory is there now");
        } finally {
            region.close();
            other.close();
        }
    }

    @Test
    void owner_endsItForAll() throws IOException {
        Region region = make(10);
        Region other = Region.attach(sent(region));
        other.close();
        assertThat(region.isEnded()).isFalse();
        Region again = Region.attach(sent(region));
        region.close();
        assertThat(again.isLeftOver()).isTrue();
        Handle handle = sent(again);
        assertThatThrownBy(() -> Region.attach(handle)).hasMessageContaining("it was closed");
        again.close();
        assertThat(again.isLeftOver()).isFalse();
    }

    @Test
    void memoryThatWasHandedOver_isOwnedByTheFirstWhoMapsIt() throws IOException {
        Region region = make(10);
        assertThat(region.handOver()).isTrue();
        assertThat(region.handOver()).isFalse();
        assertThat(region.isUnderWay()).isTrue();
        Region first = Region.attach(sent(region));
        Region second = Region.attach(sent(region));
        assertThat(region.isUnderWay()).isFalse();
        second.close();
        region.close();
        assertThat(first.isEnded()).isFalse();
        Region third = Region.attach(sent(first));
        first.close();
        assertThat(third.isLeftOver()).isTrue();
        third.close();
    }

    @Test
    void readMemory_isTheSameObjectAsLongAsItIsOpen() throws IOException {
        SharedLongs array = SharedLongs.of(3);
        WireWriter out = new WireWriter();
        ((Shared) array).write(out);
        assertThat(Shared.read(new WireReader(out.toByteArray()))).isSameAs(array);
        array.close();
        assertThatThrownBy(() -> Shared.read(new WireReader(out.toByteArray())))
                .hasMessageContaining("SharedLongs[length=3] is not there any more");
        assertThatThrownBy(() -> ((Shared) array).write(out))
                .isInstanceOf(NotShippableException.class)
                .hasMessage("SharedLongs[length=3] cannot be sent to another process: it was closed");
    }

    // ---- life

    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryThatNobodyCanReach_isGivenBack() throws Exception {
        String path = makeAndForget();
        await().until(() -> {
            System.gc();
            return openFiles(path).isEmpty();
        });
    }

    private static String makeAndForget() throws IOException {
        return ((Shared) SharedLongs.of(10)).region().handle().path();
    }

    @Test
    void view_staysWhenTheArrayIsForgottenOrClosed() {
        MemorySegment view = SharedLongs.copyOf(new long[] {1, 2, 3}).memory();
        System.gc();
        assertThat(view.toArray(ValueLayout.JAVA_LONG)).containsExactly(1, 2, 3);
        SharedLongs array = SharedLongs.copyOf(new long[] {4});
        MemorySegment other = array.memory();
        assertThat(array.memory()).isSameAs(other);
        array.close();
        assertThat(other.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(4);
        assertThatThrownBy(array::memory)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("SharedLongs[length=1] was closed");
    }

    @Test
    void interruptedThread_makesAndMapsMemoryAndStaysInterrupted() throws IOException {
        Thread.currentThread().interrupt();
        try (SharedDoubles array = SharedDoubles.copyOf(new double[] {1.5, 2.5})) {
            assertThat(array.memory().getAtIndex(ValueLayout.JAVA_DOUBLE, 1)).isEqualTo(2.5);
            Region other = Region.attach(sent(((Shared) array).region()));
            assertThat(Thread.interrupted()).isTrue();
            other.close();
        } finally {
            boolean _ = Thread.interrupted();
        }
    }

    @Test
    void interruptWhileMemoryIsMade_makesItOnceMore(@TempDir Path folder) throws IOException {
        List<Integer> tries = new ArrayList<>();
        Region made = Region.create(Kind.LONGS, 80, folder, (file, bytes) -> {
            tries.add(1);
            if (tries.size() == 1) {
                Thread.currentThread().interrupt();
            }
            int _ = file.write(ByteBuffer.allocate((int) bytes)); // closes it the first time
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(tries).hasSize(2);
        made.close();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thousandsOfArrays_areOpenAtOnceAndAllGivenBack() throws IOException {
        List<SharedBytes> all = new ArrayList<>();
        List<String> files = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(SharedBytes.of(i));
            files.add(((Shared) all.get(i)).region().handle().path() + " (deleted)");
        }
        assertThat(openFiles(".m (deleted)")).containsAll(files);
        all.forEach(SharedBytes::close);
        assertThat(openFiles(".m (deleted)")).doesNotContainAnyElementsOf(files);
    }
}
