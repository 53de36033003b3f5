// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.events;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A worker was started, ended in order, or was given up on.
@Name("dev.cenote.Worker")
@Label("Pool Worker")
@Category("Cenote")
@Description("A worker of a pool was started, has ended, or was given up on")
@StackTrace(false)
public final class WorkerEvent extends Event {

    /// The name of the pool.
    @Label("Pool")
    public String pool = "";

    /// The worker's number.
    @Label("Worker")
    public int worker;

    /// `started`, `ended` or `given up`.
    @Label("Change")
    public String change = "";

    /// Creates an event.
    public WorkerEvent() {}

    /// Records a change in a worker's life.
    ///
    /// @param pool the name of the pool
    /// @param worker the worker's number
    /// @param change `started`, `ended` or `given up`
    public static void record(String pool, int worker, String change) {
        WorkerEvent event = new WorkerEvent();
        if (event.isEnabled()) {
            event.pool = pool;
            event.worker = worker;
            event.change = change;
            event.commit();
        }
    }
}
