// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Func;
import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;
import java.io.Serial;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandles;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Classes of custom loaders, from one end of a pool to the other.
class TwinTest {

    private static final String TASK = """
            package app;
            public class Task implements dev.cenote.Func<Integer, Object> {
                public Object apply(Integer n) { return new Point(n, Helper.twice(n)); }
            }""";
    private static final String POINT =
            "package app; public record Point(int x, int y) implements java.io.Serializable {}";
    private static final String HELPER = "package app; class Helper { static int twice(int n) { return 2 * n; } }";

    private final Link link = new Link();

    @SuppressWarnings("unchecked")
    private static Func<Integer, Object> make(ClassLoader loader, String name) throws Exception {
        return (Func<Integer, Object>)
                loader.loadClass(name).getDeclaredConstructor().newInstance();
    }

    private static Object run(Func<Integer, Object> task) throws Exception {
        return task.apply(21);
    }

    @Test
    void classPath_needsNothing() throws Exception {
        record Local(int n) implements Serializable {}
        int k = 2;
        Func<Integer, Object> task = n -> new Local(n * k);
        assertThat(run(link.send(task))).isEqualTo(new Local(42));
        assertThat(link.preludeBytes).isZero();
        assertThat(link.asked).isEmpty();
    }

    @Test
    void names_ofArraysAndPrimitives_areThoseOfTheirElements() throws Exception {
        ClassLoader loader = new MemoryLoader(Compiled.of(POINT));
        Class<?> point = loader.loadClass("app.Point");
        Uses uses = link.exports.uses();
        for (Class<?> type :
                List.of(int.class, void.class, int[].class, String.class, String[][].class, Map.Entry.class)) {
            assertThat(across(uses, type)).isEqualTo(type);
        }
        Class<?> twin = across(uses, point);
        assertThat(twin).isNotEqualTo(point);
        assertThat(across(uses, point.arrayType().arrayType()))
                .isEqualTo(twin.arrayType().arrayType());
        WireWriter back = new WireWriter();
        link.imports.write(back, twin.arrayType());
        assertThat(link.exports.read(new WireReader(back.toByteArray()))).isEqualTo(point.arrayType());
    }

    private Class<?> across(Uses uses, Class<?> type) throws Exception {
        WireWriter out = new WireWriter();
        uses.write(out, type);
        return link.imports.read(new WireReader(out.toByteArray()));
    }

    @Test
    void memoryLoader_isPushedWhatTheConstantPoolsReach() throws Exception {
        ClassLoader loader = new MemoryLoader(Compiled.of(TASK, POINT, HELPER, "package app; class Unused {}"));
        Func<Integer, Object> twin = link.send(make(loader, "app.Task"));
        Object result = run(twin);
        assertThat(result).hasToString("Point[x=21, y=42]");
        assertThat(result.getClass().getClassLoader()).isInstanceOf(Twin.class);
        assertThat(result.getClass().getClassLoader().getName()).isEqualTo("memory");
        assertThat(link.asked).isEmpty();
        assertThat(link.sendBack(result).getClass()).isEqualTo(loader.loadClass("app.Point"));
    }

    @Test
    void prelude_tellsOnlyWhatIsNew_andAllOfItToANewWorker() throws Exception {
        ClassLoader loader = new MemoryLoader(Compiled.of(TASK, POINT, HELPER));
        link.send(make(loader, "app.Task"));
        assertThat(link.preludeBytes).isPositive();
        link.send(make(loader, "app.Task"));
        assertThat(link.preludeBytes).isZero();
        link.restart();
        link.send(make(loader, "app.Task"));
        assertThat(link.preludeBytes).isPositive();
        assertThat(link.asked).isEmpty();
    }

    @Test
    void worker_asksForAllThatItWasNotTold() throws Exception {
        ClassLoader loader = new MemoryLoader(Compiled.of(TASK, POINT, HELPER));
        WireWriter out = new WireWriter();
        link.exports.write(out, loader.loadClass("app.Task"));
        Class<?> twin = link.imports.read(new WireReader(out.toByteArray()));
        assertThat(run(make(twin.getClassLoader(), "app.Task"))).hasToString("Point[x=21, y=42]");
        assertThat(link.asked).containsExactly("loader ", "app.Task", "app.Point", "app.Helper");
    }

    @Test
    void urlLoader_overAFolder_readsItself(@TempDir Path folder) throws Exception {
        Compiled.of(TASK, POINT, HELPER).into(folder);
        Files.writeString(folder.resolve("app/words.txt"), "hello");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            Func<Integer, Object> twin = link.send(make(loader, "app.Task"));
            assertThat(run(twin)).hasToString("Point[x=21, y=42]");
            assertThat(twin.getClass().getProtectionDomain().getCodeSource().getLocation())
                    .isEqualTo(folder.toUri().toURL());
            assertThat(twin.getClass().getResource("words.txt")).isNotNull();
            assertThat(link.asked).isEmpty();
        }
    }

    @Test
    void urlLoader_thatGetsFurtherPlaces_hasThemInTheWorkerToo(@TempDir Path first, @TempDir Path second)
            throws Exception {
        class Growing extends URLClassLoader {
            Growing(URL place) {
                super(new URL[] {place});
            }

            void add(URL place) {
                addURL(place);
            }
        }
        Compiled.of(TASK, POINT, HELPER).into(first);
        Compiled.of("public class More {}").into(second);
        try (Growing loader = new Growing(first.toUri().toURL())) {
            Func<Integer, Object> twin = link.send(make(loader, "app.Task"));
            loader.add(second.toUri().toURL());
            link.send(make(loader, "app.Task"));
            assertThat(twin.getClass().getClassLoader().loadClass("More").getName())
                    .isEqualTo("More");
            assertThat(link.asked).isEmpty();
        }
    }

    @Test
    void placeThatTheWorkerCannotRead_isAskedFor(@TempDir Path folder) throws Exception {
        Compiled.of(TASK, POINT, HELPER).into(folder);
        URL place = URL.of(URI.create("nested:/here/"), new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) throws IOException {
                return folder.resolve(url.getPath().substring("/here/".length()))
                        .toUri()
                        .toURL()
                        .openConnection();
            }
        });
        try (URLClassLoader loader = new URLClassLoader(new URL[] {place})) {
            assertThat(run(link.send(make(loader, "app.Task")))).hasToString("Point[x=21, y=42]");
            assertThat(link.asked).containsExactly("app.Task", "app.Point", "app.Helper");
        }
    }

    @Test
    void codeSource_thatIsNoPlaceInTheWorker_isNamedAllTheSame() throws Exception {
        CodeSource source = new CodeSource(
                URL.of(URI.create("nested:/app.jar!/x"), new URLStreamHandler() {
                    @Override
                    protected URLConnection openConnection(URL url) throws IOException {
                        throw new IOException("never opened");
                    }
                }),
                (Certificate[]) null);
        MemoryLoader loader = new MemoryLoader(Compiled.of(TASK, POINT, HELPER)) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                byte[] bytes = files.get(name);
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                return defineClass(name, bytes, 0, bytes.length, new ProtectionDomain(source, null));
            }
        };
        Class<?> twin = link.send(make(loader, "app.Task")).getClass();
        assertThat(twin.getProtectionDomain().getCodeSource().getLocation()).hasToString("nested:/app.jar!/x");
    }

    @Test
    void loaderWithAnOrderOfItsOwn_isAskedForEachClass(@TempDir Path folder) throws Exception {
        Compiled.of(TASK, POINT, HELPER).into(folder);
        try (ChildFirst loader = new ChildFirst(folder.toUri().toURL())) {
            Func<Integer, Object> twin = link.send(make(loader, "app.Task"));
            assertThat(run(twin)).hasToString("Point[x=21, y=42]");
            assertThat(link.asked).contains("app.Task", "app.Point", "app.Helper");
            assertThat(twin.getClass().getProtectionDomain().getCodeSource().getLocation())
                    .isEqualTo(folder.toUri().toURL());
        }
    }

    /// Looks at its own places first, as containers do.
    private static final class ChildFirst extends URLClassLoader {

        ChildFirst(URL place) {
            super("child first", new URL[] {place}, ChildFirst.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                if (known != null) {
                    return known;
                }
                try {
                    return findClass(name);
                } catch (ClassNotFoundException e) {
                    return super.loadClass(name, resolve);
                }
            }
        }
    }

    @Test
    void sameName_inTwoLoaders_staysTwoClasses() throws Exception {
        String one = "public class V implements dev.cenote.Func<Integer, Object> "
                + "{ public Object apply(Integer n) { return \"one\"; } }";
        ClassLoader first = new MemoryLoader(Compiled.of(one));
        ClassLoader second = new MemoryLoader(Compiled.of(one.replace("one", "two")));
        List<Func<Integer, Object>> both = link.send(List.of(make(first, "V"), make(second, "V")));
        assertThat(run(both.get(0))).isEqualTo("one");
        assertThat(run(both.get(1))).isEqualTo("two");
    }

    @Test
    void parents_areMirrored() throws Exception {
        MemoryLoader parent = new MemoryLoader(Compiled.of(POINT, HELPER));
        MemoryLoader child = new MemoryLoader(
                Map.of("app.Task", Compiled.of(TASK, POINT, HELPER).file("app.Task")), parent, true);
        Compiled task = Compiled.of(TASK.replace("Helper.twice(n)", "2 * n"), POINT);
        child.files.put("app.Task", task.file("app.Task"));
        Func<Integer, Object> twin = link.send(make(child, "app.Task"));
        Object result = run(twin);
        ClassLoader twinOfParent = twin.getClass().getClassLoader().getParent();
        assertThat(result.getClass().getClassLoader()).isSameAs(twinOfParent).isInstanceOf(Twin.class);
        assertThat(twinOfParent.getParent()).isSameAs(ClassLoader.getSystemClassLoader());
        assertThat(link.sendBack(result).getClass().getClassLoader()).isSameAs(parent);
    }

    @Test
    void isolatedLoader_seesNoClassPathInTheWorkerEither() throws Exception {
        String lonely = "public class Lonely implements java.io.Serializable {}";
        ClassLoader loader =
                new MemoryLoader(Compiled.of(lonely).classes(), ClassLoader.getPlatformClassLoader(), true);
        Object twin =
                link.send(loader.loadClass("Lonely").getDeclaredConstructor().newInstance());
        ClassLoader own = twin.getClass().getClassLoader();
        assertThatThrownBy(() -> own.loadClass("org.junit.jupiter.api.Test"))
                .isInstanceOf(ClassNotFoundException.class);
        assertThatThrownBy(() -> own.loadClass("dev.cenote.Func"))
                .as("nor this library, which the other loader does not see")
                .isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void libraryInALoaderOfItsOwn_isTheWorkersOwnThere(@TempDir Path folder) throws Exception {
        Compiled.of(TASK, POINT, HELPER).into(folder);
        URL[] places = {
            Compiled.path(Func.class).toUri().toURL(),
            Compiled.path(Link.class).toUri().toURL(),
            folder.toUri().toURL()
        };
        try (URLClassLoader fat = new URLClassLoader("fat", places, ClassLoader.getPlatformClassLoader())) {
            Object task = fat.loadClass("app.Task").getDeclaredConstructor().newInstance();
            assertThat(task).as("another library's function").isNotInstanceOf(Func.class);
            Class<?> exportsThere = fat.loadClass(Exports.class.getName());
            Object exports = exportsThere.getDeclaredConstructor().newInstance();
            Class<?> writerThere = fat.loadClass(WireWriter.class.getName());
            Imports imports = new Imports(request -> {
                try {
                    return (byte[])
                            exportsThere.getMethod("answer", byte[].class).invoke(exports, (Object) request);
                } catch (ReflectiveOperationException e) {
                    throw new IOException(e);
                }
            });
            for (String name : List.of("app.Task", Func.class.getName())) {
                Object out = writerThere.getDeclaredConstructor().newInstance();
                exportsThere.getMethod("write", writerThere, Class.class).invoke(exports, out, fat.loadClass(name));
                byte[] bytes = (byte[]) writerThere.getMethod("toByteArray").invoke(out);
                Class<?> here = imports.read(new WireReader(bytes));
                assertThat(Func.class).isAssignableFrom(here);
            }
        }
    }

    @Test
    void contextLoader_isTheTwin() throws Exception {
        ClassLoader loader = new MemoryLoader(Compiled.of(TASK, POINT, HELPER));
        Uses uses = link.exports.uses();
        int id = uses.idOf(loader);
        Func<Integer, Object> twin = link.send(uses, make(loader, "app.Task"));
        assertThat(link.imports.loaderOf(id)).isSameAs(twin.getClass().getClassLoader());
        assertThat(link.imports.loaderOf(uses.idOf(null))).isSameAs(ClassLoader.getSystemClassLoader());
        assertThat(link.exports.idOf(loader)).isEqualTo(id);
        assertThatThrownBy(() -> link.imports.loaderOf(4711))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unknown class loader");
    }

    @Test
    void twin_servesTheFilesOfItsClasses_forAPoolWithinTheWorker() throws Exception {
        ClassLoader loader = new MemoryLoader(Compiled.of(TASK, POINT, HELPER));
        Func<Integer, Object> twin = link.send(make(loader, "app.Task"));
        assertThat(twin.getClass().getResourceAsStream("Task.class").readAllBytes())
                .isEqualTo(loader.getResourceAsStream("app/Task.class").readAllBytes());
        Link nested = new Link();
        Func<Integer, Object> twinOfTwin = nested.send(twin);
        assertThat(twinOfTwin.getClass()).isNotEqualTo(twin.getClass());
        Object result = run(twinOfTwin);
        assertThat(nested.asked).isEmpty();
        assertThat(link.sendBack(nested.sendBack(result)).getClass()).isEqualTo(loader.loadClass("app.Point"));
    }

    @Test
    void resources_ofALoaderThatIsAsked_areAskedForOnce(@TempDir Path folder) throws Exception {
        Path words = Files.writeString(folder.resolve("words.txt"), "hello");
        ClassLoader loader = new MemoryLoader(Compiled.of(TASK, POINT, HELPER)) {
            @Override
            protected URL findResource(String name) {
                try {
                    return name.equals("app/words.txt") ? words.toUri().toURL() : null;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            protected Enumeration<URL> findResources(String name) {
                URL url = findResource(name);
                return Collections.enumeration(url == null ? List.of() : List.of(url));
            }
        };
        ClassLoader twin = link.send(make(loader, "app.Task")).getClass().getClassLoader();
        for (int i = 0; i < 3; i++) {
            assertThat(twin.getResourceAsStream("app/words.txt")).hasContent("hello");
            assertThat(Collections.list(twin.getResources("app/words.txt"))).hasSize(1);
            assertThat(twin.getResource("app/none.txt")).isNull();
        }
        assertThat(link.asked).containsExactly("resource app/words.txt", "resource app/none.txt");
    }

    @Test
    void replacedClass_isANewGeneration_andTheOldOneStaysValid() throws Exception {
        MemoryLoader loader = new MemoryLoader(Compiled.of(TASK, POINT, HELPER));
        Uses before = link.exports.uses();
        Func<Integer, Object> task = make(loader, "app.Task");
        Func<Integer, Object> old = link.send(before, task);
        loader.files.put(
                "app.Helper", Compiled.of(HELPER.replace("2 * n", "-n")).file("app.Helper"));
        Func<Integer, Object> fresh = link.send(task);
        assertThat(run(fresh)).hasToString("Point[x=21, y=-21]");
        assertThat(run(old)).hasToString("Point[x=21, y=42]");
        assertThat(link.send(before, task).getClass())
                .as("what belongs to the first task stays with it")
                .isEqualTo(old.getClass());
        assertThat(link.sendBack(run(old)).getClass())
                .isEqualTo(link.sendBack(run(fresh)).getClass());
        link.restart();
        assertThat(run(link.send(before, task)))
                .as("also in a worker that starts later")
                .hasToString("Point[x=21, y=42]");
    }

    @Test
    void hiddenClass_isRefused() throws Exception {
        byte[] file = TwinTest.class.getResourceAsStream("TwinTest$Plain.class").readAllBytes();
        Class<?> hidden = MethodHandles.lookup().defineHiddenClass(file, false).lookupClass();
        assertThatThrownBy(() -> link.exports.uses().write(new WireWriter(), hidden.arrayType()))
                .isInstanceOf(UnnamedClassException.class)
                .hasMessageContaining("hidden classes cannot be found by name in another process");
    }

    static final class Plain implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;
    }

    @Test
    void classWithoutAFile_isRefused() throws Exception {
        ClassLoader loader =
                new MemoryLoader(Compiled.of(TASK, POINT, HELPER).classes(), TwinTest.class.getClassLoader(), false);
        Class<?> generated = loader.loadClass("app.Task");
        assertThatThrownBy(() -> link.exports.uses().write(new WireWriter(), generated))
                .isInstanceOf(UnnamedClassException.class)
                .hasMessage("app.Task was generated at run time and has no class file that could be sent to another"
                        + " process");
    }

    @Test
    void classThatWasMadeOnTheClassPath_isRefused() throws Exception {
        byte[] file = ClassFile.of()
                .build(ClassDesc.of(TwinTest.class.getPackageName(), "Made$AtRunTime"), made -> made.withFlags(0));
        Class<?> made = MethodHandles.lookup().defineClass(file);
        assertThatThrownBy(() -> link.exports.write(new WireWriter(), made))
                .isInstanceOf(UnnamedClassException.class)
                .hasMessageContaining("was generated at run time");
        Object proxy = Proxy.newProxyInstance(
                TwinTest.class.getClassLoader(), new Class<?>[] {Runnable.class}, (self, method, arguments) -> null);
        assertThatThrownBy(() -> link.exports.write(new WireWriter(), proxy.getClass()))
                .isInstanceOf(UnnamedClassException.class);
    }

    @Test
    void classOfALoaderThatATaskMade_isRefusedInTheWorker() throws Exception {
        Object own = make(new MemoryLoader(Compiled.of(TASK, POINT, HELPER)), "app.Task");
        assertThatThrownBy(() -> link.imports.write(new WireWriter(), own.getClass()))
                .isInstanceOf(UnnamedClassException.class)
                .hasMessageContaining("a class loader that a task made in this worker");
    }

    @Test
    void missingClass_isExplained() throws Exception {
        ClassLoader loader = new MemoryLoader(Compiled.of(TASK, POINT, HELPER));
        ClassLoader twin = link.send(make(loader, "app.Task")).getClass().getClassLoader();
        assertThatThrownBy(() -> twin.loadClass("app.Nowhere"))
                .isInstanceOf(ClassNotFoundException.class)
                .hasMessageContaining("app.Nowhere in the twin of class loader 8 'memory'")
                .hasMessageContaining("the process that runs the pool says");
        WireWriter out = new WireWriter();
        Protocol.putName(out, Origin.SYSTEM_ID, "app.OnlyThere");
        assertThatThrownBy(() -> link.imports.read(new WireReader(out.toByteArray())))
                .isInstanceOf(ClassNotFoundException.class)
                .hasMessageContaining("app.OnlyThere")
                .hasMessageContaining("not found in this worker, whose class path is");
    }

    @Test
    void pool_readsOnlyNumbersThatItGaveOut() {
        WireWriter out = new WireWriter();
        Protocol.putName(out, 99, "java.lang.String");
        assertThatThrownBy(() -> link.exports.read(new WireReader(out.toByteArray())))
                .isInstanceOf(CorruptFrameException.class)
                .hasMessageContaining("99");
    }

    @Test
    void asker_thatFails_isAClassThatIsNotFound() throws Exception {
        ClassLoader loader = new MemoryLoader(Compiled.of(TASK, POINT, HELPER));
        WireWriter definition = new WireWriter();
        link.exports.define(link.exports.of(loader), new WorkerView(), definition);
        Imports imports = new Imports(request -> {
            throw new IOException("the pool is gone");
        });
        imports.accept(definition.toByteArray());
        ClassLoader twin = imports.loaderOf(Origin.FIRST_ID);
        assertThatThrownBy(() -> twin.loadClass("app.Task"))
                .isInstanceOf(ClassNotFoundException.class)
                .hasMessageContaining("the pool is gone");
    }

    @Test
    void corruptPrelude_isRefused() throws Exception {
        ClassLoader loader = new MemoryLoader(Compiled.of(TASK, POINT, HELPER));
        Uses uses = link.exports.uses();
        uses.write(new WireWriter(), loader.loadClass("app.Task"));
        byte[] prelude = uses.prelude(new WorkerView());
        for (int length = 1; length < prelude.length; length += 7) {
            byte[] cut = Arrays.copyOf(prelude, length);
            Imports imports = new Imports(request -> request);
            try {
                imports.accept(cut);
            } catch (CorruptFrameException e) {
                continue; // cut between two records it is whole
            }
            assertThat(cut.length).isLessThan(prelude.length);
        }
        assertThatThrownBy(() -> link.imports.accept(new byte[] {9}))
                .isInstanceOf(CorruptFrameException.class)
                .hasMessageContaining("kind 9");
    }

    @Test
    void loaders_areHeldWeakly() throws Exception {
        Uses uses = link.exports.uses();
        WeakReference<ClassLoader> loader = useOnce();
        uses.prelude(link.view);
        Awaitility.await().until(() -> {
            System.gc();
            return loader.refersTo(null);
        });
    }

    private WeakReference<ClassLoader> useOnce() throws Exception {
        ClassLoader loader = new MemoryLoader(Compiled.of(POINT));
        link.exports.write(new WireWriter(), loader.loadClass("app.Point"));
        return new WeakReference<>(loader);
    }

    @Test
    void manyThreads_loadThroughOneTwin() throws Exception {
        String[] sources = new String[40];
        for (int i = 0; i < sources.length; i++) {
            String next = i + 1 < sources.length ? "new C" + (i + 1) + "().sum()" : "0";
            sources[i] = "class C" + i + (i % 3 == 1 ? " extends B" : "") + " { int sum() { return " + i + " + " + next
                    + "; } }";
        }
        List<String> all = new ArrayList<>(List.of(sources));
        all.add("class B { }");
        all.add("public class Sum implements dev.cenote.Func<Integer, Object> "
                + "{ public Object apply(Integer n) { return new C0().sum() + new C20().sum(); } }");
        MemoryLoader loader = new MemoryLoader(Compiled.of(all.toArray(String[]::new)));
        WireWriter out = new WireWriter();
        link.exports.write(out, loader.loadClass("Sum"));
        CyclicBarrier start = new CyclicBarrier(8);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Object>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                results.add(threads.submit(() -> {
                    start.await(10, TimeUnit.SECONDS);
                    Class<?> twin = link.imports.read(new WireReader(out.toByteArray()));
                    return run(make(twin.getClassLoader(), "Sum"));
                }));
            }
            for (Future<Object> result : results) {
                assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(780 + 590);
            }
        }
        assertThat(link.asked.stream().filter(name -> name.startsWith("C")))
                .doesNotHaveDuplicates()
                .hasSize(40);
    }

    @Test
    void jar_isReadByTheTwinItself(@TempDir Path folder) throws Exception {
        Path jar = folder.resolve("with space.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, byte[]> file :
                    Compiled.of(TASK, POINT, HELPER).classes().entrySet()) {
                out.putNextEntry(new JarEntry(Origin.fileOf(file.getKey())));
                out.write(file.getValue());
            }
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
            Func<Integer, Object> twin = link.send(make(loader, "app.Task"));
            assertThat(run(twin)).hasToString("Point[x=21, y=42]");
            assertThat(link.asked).isEmpty();
            ((URLClassLoader) twin.getClass().getClassLoader()).close();
        }
    }
}
