// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Flight Recorder sees of a pool.
class EventsTest {

    @Test
    void recording_holdsTasksCallsAndWorkers(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("pool.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.cenote.Task");
            recording.enable("dev.cenote.Call");
            recording.enable("dev.cenote.Worker");
            recording.start();
            try (Pool pool = Pool.threads(c -> c.workers(1).name("seen"))) {
                assertThat(pool.with(o -> o.name("lengths")).outcomes(List.of("1", "x"), Integer::parseInt))
                        .hasSize(2);
                pool.submit(() -> 1).join();
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(of(events, "dev.cenote.Task")
                        .map(e -> e.getString("call") + e.getLong("index") + e.getString("failure")))
                .containsExactlyInAnyOrder("lengths0", "lengths1java.lang.NumberFormatException", "submit-1");
        assertThat(of(events, "dev.cenote.Call")
                        .map(e -> e.getString("pool") + e.getLong("items") + e.getLong("failed")))
                .containsExactly("seen21");
        assertThat(of(events, "dev.cenote.Worker").map(e -> e.getString("change")))
                .containsExactly("started", "ended");
    }

    private static Stream<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals(name));
    }
}
