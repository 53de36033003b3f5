// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.share.Domains.Domain;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Another process that uses objects of this one, for as long as its control connection lasts.
///
/// Safe for use by several threads.
final class Session extends Party {

    final long process;
    final Domain domain;

    /// Where the process claims what it has fetched from queues; `null` if memory cannot be shared with it.
    final @Nullable Claims claims;

    /// Calls whose answers may not have been read, by their numbers; guarded by itself.
    private final Map<Long, RemoteWait> calls = new HashMap<>();

    /// Calls that were asked about before they came, and must not be begun if they do; guarded by `calls`.
    private final Set<Long> refused = new HashSet<>();

    private final String name;
    private final Set<Resource> touched = ConcurrentHashMap.newKeySet();
    private final Set<Line> lines = ConcurrentHashMap.newKeySet();
    private volatile boolean gone;

    Session(Greeting greeting, Domain domain, @Nullable Claims claims) {
        this.process = greeting.process();
        this.name = greeting.name();
        this.domain = domain;
        this.claims = claims;
    }

    @Override
    void touch(Resource resource) {
        if (touched.add(resource)) {
            Home.hold(resource);
        }
    }

    /// Is told that the program of the process does not have an object any more.
    void release(Resource resource) {
        if (!resource.isUsedBy(this) && touched.remove(resource)) {
            Home.letGo(resource);
        }
    }

    @Override
    boolean isGone() {
        return gone;
    }

    /// Takes a connection, to close it with this.
    ///
    /// @return whether this has not ended
    boolean add(Line line) {
        lines.add(line);
        return !gone;
    }

    void remove(Line line) {
        lines.remove(line);
    }

    /// Takes a call.
    ///
    /// @return whether it may be begun
    boolean admit(long call, RemoteWait wait) {
        synchronized (calls) {
            if (refused.remove(call)) {
                return false;
            }
            calls.put(call, wait);
            return true;
        }
    }

    /// Forgets a call whose answer was read.
    void forget(long call) {
        synchronized (calls) {
            calls.remove(call);
        }
    }

    /// {@return a call that was made on a connection that is lost; `null` if it has not come, and then it never will}
    @Nullable
    RemoteWait find(long call) {
        synchronized (calls) {
            RemoteWait found = calls.get(call);
            if (found == null) {
                refused.add(call);
            }
            return found;
        }
    }

    /// Ends it: everything that the process held is free.
    ///
    /// @param killed whether the process has ended without saying so
    void end(boolean killed) {
        gone = true;
        for (Resource resource : List.copyOf(touched)) {
            resource.gone(this, killed);
            if (touched.remove(resource)) {
                Home.letGo(resource);
            }
        }
        lines.forEach(Line::close);
        synchronized (calls) {
            calls.clear();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
