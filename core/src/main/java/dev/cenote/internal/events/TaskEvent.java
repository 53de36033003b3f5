// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// One attempt at one item, or one submitted job, from its start to its end.
@Name("dev.cenote.Task")
@Label("Pool Task")
@Category("Cenote")
@Description("One attempt at an item of a mapping call, or one submitted job")
@StackTrace(false)
public final class TaskEvent extends Event {

    /// The name of the pool.
    @Label("Pool")
    public String pool = "";

    /// The name of the call.
    @Label("Call")
    public String call = "";

    /// The position of the item, or -1.
    @Label("Index")
    public long index = -1;

    /// Which attempt it was, from 1.
    @Label("Attempt")
    public int attempt = 1;

    /// The worker's number.
    @Label("Worker")
    public int worker;

    /// The class of the exception, or empty.
    @Label("Failure")
    public String failure = "";

    /// Creates an event.
    public TaskEvent() {}

    /// {@return whether any recording wants these events}
    public static boolean wanted() {
        return new TaskEvent().isEnabled();
    }
}
