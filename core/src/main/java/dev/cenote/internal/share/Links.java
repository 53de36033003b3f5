// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// The connections of this process to the homes of objects that it did not make, and those objects as its program sees
/// them: one for each, so that `==` means what it should.
public final class Links {

    private static final long END_MILLIS = 500;

    private static final Map<Long, Link> LINKS = new ConcurrentHashMap<>();
    private static final Map<Key, Face> FACES = new ConcurrentHashMap<>();
    private static final ReferenceQueue<Object> DROPPED = new ReferenceQueue<>();

    /// Whether there is any; read after each task.
    private static volatile boolean used;

    /// An object of another process.
    private record Key(long process, long id) {}

    /// What the program sees of such an object, as long as it does.
    private static final class Face extends WeakReference<Object> {

        private final Key key;
        private final Link link;

        Face(Object face, Key key, Link link) {
            super(face, DROPPED);
            this.key = key;
            this.link = link;
        }
    }

    private Links() {}

    /// {@return the object of another process that is meant, as the program sees it}
    static Object find(Ref ref, Function<? super Port, ?> make) {
        Key key = new Key(ref.home().process(), ref.id());
        Face known = FACES.get(key);
        Object face = known == null ? null : known.get();
        return face == null ? make(ref, key, make) : face;
    }

    private static Object make(Ref ref, Key key, Function<? super Port, ?> make) {
        synchronized (FACES) {
            releaseDropped(); // before the home is told that this is here again
        }
        RemotePort port = new RemotePort(link(ref.home()), ref);
        Object made = Objects.requireNonNull(make.apply(port));
        port.face = made;
        synchronized (FACES) {
            Face raced = FACES.get(key);
            Object other = raced == null ? null : raced.get();
            if (other != null) {
                return other;
            }
            FACES.put(key, new Face(made, key, port.link));
            return made;
        }
    }

    /// Tells homes what the program of this process does not have any more. What it gets again later is called after
    /// that, as each call waits for what was told before.
    private static void releaseDropped() {
        for (Object dropped = DROPPED.poll(); dropped != null; dropped = DROPPED.poll()) {
            if (dropped instanceof Face face && FACES.remove(face.key, face)) {
                face.link.release(face.key.id);
            }
        }
    }

    private static Link link(Address home) {
        Link known = LINKS.get(home.process());
        if (known != null) {
            return known;
        }
        synchronized (LINKS) {
            if (!used) {
                used = true;
                Runtime.getRuntime().addShutdownHook(Home.daemon(Links::end, "cenote-share-bye"));
            }
            return LINKS.computeIfAbsent(home.process(), process -> new Link(home));
        }
    }

    /// Sees to it that what a task has put into queues is there before its result is known. Called after each task.
    ///
    /// @throws IllegalStateException if a queue has refused some of it, as it was closed
    public static void settle() {
        if (used) {
            LINKS.values().forEach(Link::settleTask);
        }
    }

    private static void end() {
        List<Thread> ends = LINKS.values().stream()
                .map(link -> Home.daemon(link::end, "cenote-share-bye"))
                .toList();
        ends.forEach(Thread::start);
        try {
            for (Thread thread : ends) {
                thread.join(END_MILLIS); // the home may be frozen
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
