// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.SharedObjectGoneException;
import dev.cenote.internal.launch.OwnFolder;
import dev.cenote.internal.launch.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The shared objects of this process, and the door through which others call them. It is opened when the first object
/// is on its way to another process; a program whose pools are threads never opens it.
///
/// ## How long an object is kept
///
/// Whoever has a handle can call, and handles may be anywhere: in a task that waits, in a queue, in a file. So an
/// object that was sent away is kept for ten minutes more than anybody is known to have it: the program of this
/// process, or another process that has called it and has not said since that its program has dropped it.
///
/// Each connection has a thread that reads, so a call is answered by the thread that reads it, and the end of a
/// process is seen by a thread that waits for nothing else.
final class Home {

    /// The random number of this process.
    static final long PROCESS = new SecureRandom().nextLong();

    /// Sends answers that take long, or that run code of the user.
    static final Executor LATER = later();

    private static final String TCP_PROPERTY = "cenote.share.tcp";

    /// How many connections may keep silent about who they are.
    private static final int MOST_STRANGERS = 64;

    private static final long STACK = 0;

    private static final long FAILED_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /// How long a handle may be on its way, in milliseconds.
    private static final String GRACE_PROPERTY = "dev.cenote.share.grace";

    private static final long GRACE_MILLIS = TimeUnit.MINUTES.toMillis(10);
    private static final int LOOKS = 10;

    private static final Map<Long, Exported> OBJECTS = new ConcurrentHashMap<>();
    private static final AtomicLong IDS = new AtomicLong();
    private static final AtomicInteger THREADS = new AtomicInteger();

    /// Guarded by the class.
    private static @Nullable Home open;

    /// When it was last looked which objects are needed; guarded by the class.
    private static long lookedNanos = System.nanoTime();

    final Address address;

    private final ServerSocketChannel server;
    private final Path folder;
    private final Map<Long, Session> sessions = new ConcurrentHashMap<>();
    private final Set<Line> lines = ConcurrentHashMap.newKeySet();
    private final AtomicInteger files = new AtomicInteger();

    /// Connections that have not said who they are, the eldest first; guarded by itself.
    private final Deque<Line> strangers = new ArrayDeque<>();

    /// Ends waits that have a limit.
    private final ScheduledThreadPoolExecutor timer;

    /// An object that was sent away. Guarded by itself.
    private static final class Exported {

        private final WeakReference<Resource> resource;

        /// How the program sees it, which keeps the object.
        private final WeakReference<Object> face;

        /// The same, while it has to be kept.
        @SuppressWarnings("UnusedVariable") // it is there for the collector
        private @Nullable Object kept;

        /// How many other processes have it.
        private int holders;

        private long sentNanos;

        Exported(Resource resource, Object face) {
            this.resource = new WeakReference<>(resource);
            this.face = new WeakReference<>(face);
        }

        synchronized void sent() {
            kept = face.get();
            sentNanos = System.nanoTime();
        }

        synchronized void hold() {
            kept = face.get();
            holders++;
        }

        synchronized void letGo() {
            holders--;
            sentNanos = System.nanoTime(); // it may have been sent on
        }

        /// {@return whether nobody has it}
        synchronized boolean isDropped(long graceNanos) {
            if (holders == 0 && System.nanoTime() - sentNanos > graceNanos) {
                kept = null;
            }
            return face.refersTo(null);
        }
    }

    private Home() throws IOException {
        folder = OwnFolder.in(OwnFolder.base());
        ServerSocketChannel unix = Boolean.getBoolean(TCP_PROPERTY) ? null : bindUnix(folder.resolve("share"));
        server = unix == null ? bindTcp() : unix;
        int port = server.getLocalAddress() instanceof InetSocketAddress tcp ? tcp.getPort() : 0;
        String token = HexFormat.of().formatHex(Greeting.random());
        address = new Address(PROCESS, port, port == 0 ? folder.resolve("share").toString() : "", token, processName());
        timer = new ScheduledThreadPoolExecutor(1, action -> daemon(action, "cenote-share-timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.prestartCoreThread();
    }

    private static Executor later() {
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                1,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                action -> daemon(action, "cenote-share-answer"));
    }

    private static @Nullable ServerSocketChannel bindUnix(Path path) throws IOException {
        ServerSocketChannel server = null;
        try {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path));
            return server;
        } catch (IOException | UnsupportedOperationException e) { // not on this machine, or the path is too long
            if (server != null) {
                server.close();
            }
            return null;
        }
    }

    private static ServerSocketChannel bindTcp() throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET);
        server.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
        return server;
    }

    /// {@return what messages call this process}
    static String processName() {
        String worker = System.getProperty(Settings.WORKER_PROPERTY);
        long pid = ProcessHandle.current().pid();
        return worker == null ? "process " + pid : worker + " (process " + pid + ")";
    }

    static Thread daemon(Runnable action, String name) {
        Thread thread = new Thread(null, action, name, STACK, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    // ---- objects

    /// {@return what stands for an object in other processes}
    ///
    /// @param resource the object
    /// @param face how the program sees it
    static Ref export(Resource resource, Object face) {
        Home home = home();
        Ref ref = resource.ref;
        if (ref == null) {
            synchronized (Home.class) {
                ref = resource.ref;
                if (ref == null) {
                    ref = new Ref(home.address, IDS.incrementAndGet());
                    OBJECTS.put(ref.id(), new Exported(resource, face));
                    resource.face = face;
                    resource.ref = ref;
                    forgetDropped();
                }
            }
        }
        Exported exported = OBJECTS.get(ref.id());
        if (exported != null) { // null if it was closed meanwhile
            exported.sent();
        }
        return ref;
    }

    /// Looks once in a minute, when something new is sent, so that it costs nothing.
    private static void forgetDropped() {
        long now = System.nanoTime();
        long grace = TimeUnit.MILLISECONDS.toNanos(Long.getLong(GRACE_PROPERTY, GRACE_MILLIS));
        if (now - lookedNanos >= grace / LOOKS) {
            lookedNanos = now;
            OBJECTS.values().removeIf(exported -> exported.isDropped(grace));
        }
    }

    /// {@return how many objects other processes may call}
    static int count() {
        return OBJECTS.size();
    }

    private static @Nullable Exported exported(Resource resource) {
        Ref ref = resource.ref;
        return ref == null ? null : OBJECTS.get(ref.id());
    }

    /// Is told that another process has an object.
    static void hold(Resource resource) {
        Exported exported = exported(resource);
        if (exported != null) {
            exported.hold();
        }
    }

    /// Is told that another process has it no more.
    static void letGo(Resource resource) {
        Exported exported = exported(resource);
        if (exported != null) {
            exported.letGo();
        }
    }

    /// Lets nobody call an object any more that others may still have.
    static void forget(Resource resource) {
        Ref ref = resource.ref;
        if (ref != null) {
            OBJECTS.remove(ref.id());
        }
    }

    /// {@return what the program sees of an object of this process}
    static Object find(Ref ref) {
        Exported found = OBJECTS.get(ref.id());
        return present(found == null ? null : found.face.get(), ref.id());
    }

    static Resource resource(long id) {
        Exported found = OBJECTS.get(id);
        return present(found == null ? null : found.resource.get(), id);
    }

    private static <T> T present(@Nullable T object, long id) {
        if (object == null) {
            throw new SharedObjectGoneException(
                    "the shared object " + id + " of " + processName() + " was closed, or nobody has had it for long",
                    null);
        }
        return object;
    }

    private static synchronized Home home() {
        Home home = open;
        if (home == null) {
            boolean interrupted = Thread.interrupted(); // an interrupted thread would close what it opens
            try {
                home = new Home();
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "a shared object cannot be sent to another process, as nothing can listen here", e);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            open = home;
            home.start();
        }
        return home;
    }

    // ---- connections

    private void start() {
        OwnFolder.beforeDeletion(this::close);
        daemon(this::accept, "cenote-share").start();
    }

    /// A JVM that ends waits a while for threads that are inside a system call; so they are let out.
    private void close() {
        closeQuietly(server);
        lines.forEach(Line::close);
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // the JVM ends anyway
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel socket = server.accept();
                serve(new Line(socket));
            } catch (IOException e) {
                // closed, or no descriptor left: whoever called sees an end
                LockSupport.parkNanos(FAILED_NANOS); // the next would fail at once too
            }
        }
    }

    private void serve(Line line) {
        lines.add(line);
        synchronized (strangers) {
            strangers.add(line);
            if (strangers.size() > MOST_STRANGERS) {
                strangers.remove().close();
            }
        }
        daemon(new Served(this, line), "cenote-share-" + THREADS.incrementAndGet())
                .start();
    }

    void isKnown(Line line) {
        synchronized (strangers) {
            strangers.remove(line);
        }
    }

    void closed(Line line) {
        isKnown(line);
        lines.remove(line);
        line.close();
    }

    // ---- sessions

    /// {@return a file for the claims of a session}
    Path claimsFile() {
        return folder.resolve("claims" + files.incrementAndGet());
    }

    void enter(Session session) {
        sessions.put(session.process, session);
    }

    void leave(Session session) {
        sessions.remove(session.process);
    }

    @Nullable
    Session session(long process) {
        return sessions.get(process);
    }

    /// Ends a wait in time.
    void alarm(RemoteWait wait, Resource resource) {
        wait.alarm(timer.schedule(() -> resource.giveUp(wait, Resource.TIMED_OUT), wait.nanos, TimeUnit.NANOSECONDS));
    }
}
