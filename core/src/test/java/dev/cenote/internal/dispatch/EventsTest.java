// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import dev.cenote.Range;
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

    @Test
    void recordingOfAWorkerProcess_holdsItsTasks(@TempDir Path folder) throws Exception {
        String option = "-XX:StartFlightRecording:filename=" + folder.resolve("worker.jfr");
        try (Pool pool = Pool.processes(c -> c.workers(1).name("seen").jvmArgs(option))) {
            assertThat(pool.with(o -> o.name("lengths")).outcomes(List.of("1", "x"), Integer::parseInt))
                    .hasSize(2);
            assertThat(pool.call(() -> 1)).isEqualTo(1);
            assertThat(pool.with(o -> o.name("many")).map(Range.of(0, 20_000), n -> n))
                    .hasSize(20_000);
        }
        List<RecordedEvent> events = of(RecordingFile.readAllEvents(folder.resolve("worker.jfr")), "dev.cenote.Task")
                .toList();
        assertThat(events).allSatisfy(event -> {
            assertThat(event.getString("pool")).isEqualTo("seen");
            assertThat(event.getInt("worker")).isEqualTo(1);
        });
        assertThat(events.stream()
                        .map(e -> e.getString("call") + e.getLong("index") + e.getString("failure"))
                        .filter(text -> !text.startsWith("many")))
                .containsExactlyInAnyOrder("lengths0", "lengths1java.lang.NumberFormatException", "submit-1");
        assertThat(events.stream().filter(e -> e.getString("call").equals("many")))
                .hasSize(20_000);
    }

    private static Stream<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals(name));
    }
}
