// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Inputs of mapping calls, and functions for them.
final class Inputs {

    private Inputs() {}

    static int square(int n) {
        return n * n;
    }

    /// {@return the number of the process that asks}
    static long pid() {
        return ProcessHandle.current().pid();
    }

    /// {@return the process and the thread that asks}
    static String here() {
        return ProcessHandle.current().pid() + "/" + Thread.currentThread().threadId();
    }

    /// {@return the squares of 0 up to, but not including, `end`, computed here}
    static List<Integer> squares(int end) {
        return IntStream.range(0, end).map(n -> n * n).boxed().toList();
    }

    /// {@return 0, 1, ... whose iterator throws in place of the item at `index`}
    static Iterable<Integer> failingAt(int index, RuntimeException failure) {
        return () -> new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Integer next() {
                if (next == index) {
                    throw failure;
                }
                return next++;
            }
        };
    }

    /// {@return a collection that claims to hold one item, and whose iterator throws in its place}
    static Collection<Integer> lyingCollection(RuntimeException failure) {
        return new AbstractCollection<>() {
            @Override
            public Iterator<Integer> iterator() {
                return failingAt(0, failure).iterator();
            }

            @Override
            public int size() {
                return 1;
            }
        };
    }

    /// The numbers from 0, without end, counting how many were taken, by whom, and whether two threads ever met
    /// here.
    @SuppressWarnings(
            "IterableAndIterator") // one iterator that a test and a call share is what several cases are about
    static final class Counter implements Iterable<Integer>, Iterator<Integer> {

        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicBoolean inUse = new AtomicBoolean();
        private final AtomicBoolean met = new AtomicBoolean();
        private final AtomicReference<@Nullable Thread> reader = new AtomicReference<>();
        private final int end;

        Counter() {
            this(Integer.MAX_VALUE);
        }

        Counter(int end) {
            this.end = end;
        }

        @Override
        public Iterator<Integer> iterator() {
            return this;
        }

        @Override
        public boolean hasNext() {
            enter();
            try {
                return taken.get() < end;
            } finally {
                inUse.set(false);
            }
        }

        @Override
        public Integer next() {
            enter();
            try {
                if (taken.get() == end) {
                    throw new NoSuchElementException("all " + end + " were taken");
                }
                return taken.getAndIncrement();
            } finally {
                inUse.set(false);
            }
        }

        private void enter() {
            reader.set(Thread.currentThread());
            if (!inUse.compareAndSet(false, true)) {
                met.set(true);
            }
        }

        int taken() {
            return taken.get();
        }

        /// {@return whether two threads were in here at the same time}
        boolean met() {
            return met.get();
        }

        /// {@return the thread that was here last}
        @Nullable
        Thread reader() {
            return reader.get();
        }
    }
}
