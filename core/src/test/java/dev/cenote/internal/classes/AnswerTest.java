// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Func;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a worker may ask for, and what it must not get.
class AnswerTest {

    @TempDir
    private Path folder;

    private final Exports exports = new Exports();
    private URLClassLoader loader;
    private int id;

    @BeforeEach
    void open() throws IOException {
        Compiled.of("package app; public class A { static class B {} }").into(folder);
        Files.writeString(folder.resolve("app/words.txt"), "hello");
        Files.createDirectory(folder.resolve("app/folder"));
        Files.writeString(folder.resolve("app/folder/secret.txt"), "secret");
        loader = new URLClassLoader(new URL[] {folder.toUri().toURL()});
        id = exports.idOf(loader);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    private byte[] ask(int kind, int loaderId, String name) throws IOException {
        return exports.answer(Protocol.request(kind, loaderId, name));
    }

    private String refusal(int kind, int loaderId, String name) throws IOException {
        WireReader in = new WireReader(ask(kind, loaderId, name));
        assertThat((int) in.getByte()).isEqualTo(Protocol.NOT_FOUND);
        return in.getText();
    }

    private List<byte[]> resources(String name) throws IOException {
        WireReader in = new WireReader(ask(Protocol.ASK_RESOURCES, id, name));
        if (in.getByte() == Protocol.NOT_FOUND) {
            return List.of();
        }
        byte[][] all = new byte[in.getLength(1)][];
        for (int i = 0; i < all.length; i++) {
            all[i] = in.getBlock();
        }
        return List.of(all);
    }

    @Test
    void classAndResource_ofAKnownLoader_areGiven() throws Exception {
        WireReader in = new WireReader(ask(Protocol.ASK_CLASS, id, "app.A$B"));
        assertThat((int) in.getByte()).isEqualTo(Protocol.FOUND_CLASS);
        assertThat(in.getText()).isEqualTo(folder.toUri().toURL().toExternalForm());
        assertThat(in.getBlock()).isEqualTo(Files.readAllBytes(folder.resolve("app/A$B.class")));
        assertThat(resources("app/words.txt")).containsExactly(Compiled.bytes("hello"));
        assertThat(resources("app/nothing.txt")).isEmpty();
    }

    @Test
    void loader_thatWasNotGivenOut_isUnknown() throws Exception {
        assertThat(refusal(Protocol.ASK_CLASS, id + 1, "app.A")).isEqualTo("unknown class loader");
        assertThat(new Exports().answer(Protocol.request(Protocol.ASK_CLASS, id, "app.A")))
                .as("nor one that another pool gave out")
                .isEqualTo(Protocol.notFound("unknown class loader"));
    }

    @Test
    void classPath_isNotGivenAway() throws Exception {
        for (int system : new int[] {Origin.SYSTEM_ID, Origin.LIBRARY_ID, Origin.PLATFORM_ID, Origin.BOOTSTRAP_ID}) {
            assertThat(refusal(Protocol.ASK_CLASS, system, Func.class.getName()))
                    .isEqualTo("the class path is not given away");
            assertThat(refusal(Protocol.ASK_RESOURCES, system, "META-INF/MANIFEST.MF"))
                    .isEqualTo("the class path is not given away");
        }
        WireReader in = new WireReader(ask(Protocol.ASK_CLASS, id, AnswerTest.class.getName()));
        assertThat((int) in.getByte()).as("named, but without bytes").isEqualTo(Protocol.ELSEWHERE);
        assertThat(in.getCount()).isEqualTo(Origin.SYSTEM_ID);
        assertThat(in.getBlock()).isEmpty();
        assertThat(loader.getResource("junit-platform.properties")).isNotNull();
        assertThat(resources("junit-platform.properties")).isEmpty();
        ClassLoader other = new MemoryLoader(Compiled.of("public class M {}"));
        assertThat(other.getResource("junit-platform.properties")).isNotNull();
        WireReader none = new WireReader(ask(Protocol.ASK_RESOURCES, exports.idOf(other), "junit-platform.properties"));
        assertThat((int) none.getByte()).isEqualTo(Protocol.RESOURCES);
        assertThat(none.getCount()).as("whatever the kind of the loader").isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "../secret",
                "app/../../secret",
                "app/",
                "..",
                "file:/etc/passwd",
                "jar:file:/x!/y",
                "app\\words.txt",
                "C:/Windows/win.ini",
                "%2e%2e/secret",
                "app/words.txt\u0000"
            })
    void name_thatIsAPlace_isRefused(String name) throws Exception {
        assertThat(refusal(Protocol.ASK_RESOURCES, id, name)).isEqualTo("not the name of a resource");
        assertThat(refusal(Protocol.ASK_CLASS, id, name)).isEqualTo("not a class name");
    }

    @Test
    void name_thatIsAPlace_wouldOtherwiseBeRead() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret.txt"), "secret");
        URL base = URL.of(URI.create("x://host/"), new java.net.URLStreamHandler() {
            @Override
            protected java.net.URLConnection openConnection(URL url) throws IOException {
                throw new IOException("nothing here");
            }
        });
        try (URLClassLoader remote = new URLClassLoader(new URL[] {base})) {
            String name = secret.toUri().toString();
            assertThat(remote.findResource(name)).as("why a colon is refused").isNotNull();
            assertThat(refusal(Protocol.ASK_RESOURCES, exports.idOf(remote), name))
                    .isEqualTo("not the name of a resource");
        }
    }

    @Test
    void folder_isNotAResource() throws Exception {
        assertThat(loader.getResource("app/folder")).isNotNull();
        assertThat(resources("app/folder")).isEmpty();
    }

    @Test
    void fileThatIsTooLarge_isRefused() throws Exception {
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("large.bin").toFile(), "rw")) {
            file.setLength(ClassFiles.LARGEST + 1L);
        }
        assertThat(refusal(Protocol.ASK_RESOURCES, id, "large.bin")).contains("is larger than 64 MB");
    }

    @Test
    void arrayOrPrimitive_isNoClassToSend() throws Exception {
        assertThat(refusal(Protocol.ASK_CLASS, id, "[Lapp.A;")).isEqualTo("not a class that has a file");
        assertThat(refusal(Protocol.ASK_CLASS, id, "int")).contains("ClassNotFoundException");
        assertThat(refusal(Protocol.ASK_CLASS, id, "app.None")).contains("ClassNotFoundException");
    }

    @Test
    void classWithoutAFile_isExplained() throws Exception {
        ClassLoader generating =
                new MemoryLoader(Compiled.of("public class G {}").classes(), AnswerTest.class.getClassLoader(), false);
        assertThat(refusal(Protocol.ASK_CLASS, exports.idOf(generating), "G"))
                .contains("has no class file that could be sent");
    }

    @Test
    void loaderThatFails_isAnAnswer() throws Exception {
        ClassLoader broken = new ClassLoader() {
            @Override
            protected Class<?> findClass(String name) {
                throw new IllegalStateException("closed");
            }
        };
        assertThat(refusal(Protocol.ASK_CLASS, exports.idOf(broken), "x.Y")).contains("closed");
    }

    @Test
    void requestThatIsNone_isCorrupt() {
        byte[] request = Protocol.request(Protocol.ASK_CLASS, id, "app.A");
        for (int length = 0; length < request.length; length++) {
            byte[] cut = Arrays.copyOf(request, length);
            assertThatThrownBy(() -> exports.answer(cut)).isInstanceOf(CorruptFrameException.class);
        }
        byte[] longer = Arrays.copyOf(request, request.length + 1);
        assertThatThrownBy(() -> exports.answer(longer)).isInstanceOf(CorruptFrameException.class);
        assertThatThrownBy(() -> ask(7, id, "app.A"))
                .isInstanceOf(CorruptFrameException.class)
                .hasMessageContaining("kind 7");
    }
}
