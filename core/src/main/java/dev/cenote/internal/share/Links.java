// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

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
    private static final Map<Key, WeakReference<Object>> FACES = new ConcurrentHashMap<>();

    /// Whether there is any; read after each task.
    private static volatile boolean used;

    /// An object of another process.
    private record Key(long process, long id) {}

    private Links() {}

    /// {@return the object of another process that is meant, as the program sees it}
    static Object find(Ref ref, Function<? super Port, ?> make) {
        Key key = new Key(ref.home().process(), ref.id());
        WeakReference<Object> known = FACES.get(key);
        Object face = known == null ? null : known.get();
        if (face != null) {
            return face;
        }
        Object made = Objects.requireNonNull(make.apply(new RemotePort(link(ref.home()), ref)));
        synchronized (FACES) {
            WeakReference<Object> raced = FACES.get(key);
            Object other = raced == null ? null : raced.get();
            if (other != null) {
                return other;
            }
            FACES.values().removeIf(reference -> reference.refersTo(null));
            FACES.put(key, new WeakReference<>(made));
            return made;
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
