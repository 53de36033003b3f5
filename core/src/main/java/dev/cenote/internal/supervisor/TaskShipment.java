// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.supervisor;

import dev.cenote.NotShippableException;
import dev.cenote.internal.classes.Exports;
import dev.cenote.internal.classes.Global;
import dev.cenote.internal.classes.Uses;
import dev.cenote.internal.codec.Explainer;
import dev.cenote.internal.codec.Side;
import dev.cenote.internal.codec.ValueCodec;
import dev.cenote.internal.memory.SharedBroadcast;
import dev.cenote.internal.remote.Shipment;
import dev.cenote.internal.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A task, encoded once for all workers and items.
///
/// The variables it reads are written after the function, since they are found by looking at it, and stand before it in
/// the message, since the worker sets them first.
final class TaskShipment implements Shipment {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /// Identifies the function to workers.
    final int number = NUMBERS.incrementAndGet();

    /// Sees which classes the task and its items use.
    final Uses uses;

    /// Encodes the items.
    final ValueCodec items;

    /// Everything behind the number of the function; not written to any more.
    final WireWriter content;

    /// Shared memory whose addresses are in the content.
    private final List<Object> kept = new ArrayList<>(0);

    private final Exports home;

    private volatile boolean released;

    /// Encodes a task.
    ///
    /// @param name what messages call it
    /// @param function the function, job or command
    /// @param exports the classes of this process
    /// @param explainer says why something cannot travel
    /// @param custom the codec of the user for items, or `null`
    TaskShipment(
            String name, Object function, Exports exports, Explainer explainer, dev.cenote.@Nullable Codec custom) {
        uses = exports.uses();
        ValueCodec codec = new ValueCodec(uses, Side.PARENT, explainer);
        items = custom == null ? codec : codec.with(custom);
        home = exports;
        WireWriter functionBytes = new WireWriter().keeper(this::keep);
        boolean _ = functionBytes.attaching(true);
        codec.writeFunction(functionBytes, function);
        int loader = uses.idOf(Thread.currentThread().getContextClassLoader());
        WireWriter globalBytes = new WireWriter(64).keeper(this::keep);
        boolean _ = globalBytes.attaching(true);
        int globals = writeGlobals(globalBytes, codec);
        content = new WireWriter(functionBytes.position() + globalBytes.position() + name.length() + 32);
        content.putText(name);
        content.putCount(loader);
        content.putCount(globals);
        content.put(globalBytes);
        content.put(functionBytes);
        content.copyAttached(); // the task is as it was when it was submitted, whatever the caller does then
    }

    private void keep(Object shared) {
        admit(shared, home);
        kept.add(shared);
    }

    /// Refuses what must not travel to the workers of a pool.
    ///
    /// @param shared something in shared memory
    /// @param home the classes of the pool
    /// @throws NotShippableException if it is a broadcast of another pool
    static void admit(Object shared, Exports home) {
        if (shared instanceof SharedBroadcast<?> broadcast && !broadcast.isOf(home)) {
            throw new NotShippableException(
                    shared + " cannot be sent to workers of another pool; broadcast the value in that pool too", null);
        }
    }

    private int writeGlobals(WireWriter out, ValueCodec codec) {
        int count = 0;
        List<Global> found = uses.newGlobals();
        while (!found.isEmpty()) {
            for (Global global : found) {
                uses.write(out, global.type());
                out.putText(global.field());
                codec.write(out, global.value(), "the variable '" + global.field() + "'");
                count++;
            }
            found = uses.newGlobals();
        }
        return count;
    }

    @Override
    public int bytes() {
        return (int) Math.min(Integer.MAX_VALUE, content.position() + content.attachedSince(0));
    }

    @Override
    public void release() {
        released = true;
    }

    boolean isReleased() {
        return released;
    }
}
