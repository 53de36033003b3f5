// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.events;

import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/// Events, for a JVM in which somebody uses the Flight Recorder.
///
/// The first event class that a JVM initializes starts the recorder, recording or not: 60 to 100 ms of CPU time and
/// 5 MB, in this process and in each worker. So no event is made before something else, such as a recording, has
/// started it. What began before that is not recorded.
///
/// For any thread.
public final class Recorder {

    private Recorder() {}

    private static boolean isOn() {
        return FlightRecorder.isInitialized();
    }

    /// {@return whether any recording wants to know about each task}
    public static boolean wantsTasks() {
        return isOn() && TaskEvent.wanted();
    }

    /// {@return an event that has begun; `null` if nobody can want it}
    public static @Nullable TaskEvent beginTask() {
        if (!isOn()) {
            return null;
        }
        TaskEvent event = new TaskEvent();
        event.begin();
        return event;
    }

    /// {@return an event that has begun; `null` if nobody can want it}
    public static @Nullable CallEvent beginCall() {
        if (!isOn()) {
            return null;
        }
        CallEvent event = new CallEvent();
        event.begin();
        return event;
    }

    /// Records a change in a worker's life.
    ///
    /// @param pool the name of the pool
    /// @param worker the worker's number
    /// @param change `started`, `ended` or `given up`
    public static void worker(String pool, int worker, String change) {
        if (isOn()) {
            WorkerEvent.record(pool, worker, change);
        }
    }
}
