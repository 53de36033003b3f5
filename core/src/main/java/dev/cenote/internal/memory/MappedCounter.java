// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.memory;

import dev.cenote.SharedCounter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;

/// A counter in shared memory.
public final class MappedCounter extends Shared implements SharedCounter {

    private static final VarHandle VALUE = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private final MemorySegment data;

    MappedCounter(Region region) {
        super(region);
        this.data = region.data;
    }

    /// {@return a new counter}
    ///
    /// @param value its value
    public static MappedCounter of(long value) {
        MappedCounter made = enter(new MappedCounter(Region.create(Kind.COUNTER, 1)));
        made.set(value);
        return made;
    }

    @Override
    public long get() {
        try {
            return (long) VALUE.getVolatile(data, 0L);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void set(long value) {
        try {
            VALUE.setVolatile(data, 0L, value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public long increment() {
        return add(1);
    }

    @Override
    public long decrement() {
        return add(-1);
    }

    @Override
    public long add(long delta) {
        try {
            return (long) VALUE.getAndAdd(data, 0L, delta) + delta;
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public boolean compareAndSet(long expected, long value) {
        try {
            return VALUE.compareAndSet(data, 0L, expected, value);
        } catch (IllegalStateException e) {
            throw closed(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}
