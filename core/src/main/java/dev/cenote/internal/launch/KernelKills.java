// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How many processes the Linux kernel has killed for memory, in the group of this process and on the machine.
///
/// @param group the count of the control group; negative if it is not known
/// @param machine the count of the machine; negative if it is not known
record KernelKills(long group, long machine) {

    static KernelKills now() {
        return new KernelKills(ofGroup(), count(Path.of("/proc/vmstat")));
    }

    /// {@return whose memory ran out if the kernel has killed since then; `null` if it has not}
    @Nullable
    String since() {
        KernelKills now = now();
        if (group >= 0 && now.group > group) {
            return "the limit of its container or control group was reached";
        }
        if (machine >= 0 && now.machine > machine) {
            return "of the machine or of a container, where the kernel has just killed for memory";
        }
        return null;
    }

    private static long ofGroup() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
                if (line.startsWith("0::/")) {
                    String name = line.substring("0::/".length());
                    long own = count(Path.of("/sys/fs/cgroup", name, "memory.events"));
                    // inside a container its own group is often shown as the root
                    return own >= 0 ? own : count(Path.of("/sys/fs/cgroup/memory.events"));
                }
            }
        } catch (IOException | RuntimeException e) {
            // not Linux, or not allowed
        }
        return count(Path.of("/sys/fs/cgroup/memory/memory.oom_control")); // version 1
    }

    private static long count(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            for (String line : lines) {
                if (line.startsWith("oom_kill ")) {
                    return Long.parseLong(line.substring("oom_kill ".length()).strip());
                }
            }
        } catch (IOException | RuntimeException e) {
            // not Linux, or not allowed
        }
        return -1;
    }
}
