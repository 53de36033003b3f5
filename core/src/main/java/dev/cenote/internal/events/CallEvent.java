// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// One use of a mapping verb, from the call to its end.
@Name("dev.cenote.Call")
@Label("Pool Call")
@Category("Cenote")
@Description("One use of a mapping verb of a pool")
@StackTrace(false)
public final class CallEvent extends Event {

    /// The name of the pool.
    @Label("Pool")
    public String pool = "";

    /// The name of the call.
    @Label("Call")
    public String call = "";

    /// Items taken from the input.
    @Label("Items")
    public long items;

    /// Items that failed.
    @Label("Failed")
    public long failed;

    /// Why it ended early, or empty.
    @Label("Stopped")
    public String stopped = "";

    /// Creates an event.
    public CallEvent() {}
}
