// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What must hold of one of our figures.
///
/// @param text what it is about
/// @param work of which work
/// @param figure which of its figures
/// @param ours which of our sides
/// @param rival who it is compared with: a side, [#BEST], or [#NOBODY]
/// @param limit how many times faster than the rival we must be, at least; without a rival, the most that our figure
///     may be
record Bar(String text, Work work, int figure, String ours, String rival, double limit) {

    /// The best peer whose workers are of the same kind.
    static final String BEST = "best peer";

    /// Our figure is judged by itself.
    static final String NOBODY = "";

    private static final double NEARLY_IDEAL = 1.1;

    static final List<Bar> ALL = List.of(
            processes("warm call, p50, 20 times faster", Work.CALL, 0, "python-fork", 20),
            processes("warm call, p99, 10 times faster", Work.CALL, 1, "python-fork", 10),
            processes("warm calls with both workers busy, 3 times the calls", Work.BUSY, 0, "python-fork", 3),
            processes("CPU time of such a call, no more", Work.BUSY, 1, "python-fork", 1),
            processes("no-op items, chunk 1, 30 times faster", Work.NOOP_1, 0, BEST, 30),
            processes("no-op items, automatic chunk, 4 times faster", Work.NOOP_AUTO, 0, BEST, 4),
            processes("first pool of two, 1,000 squares, close: not slower", Work.START, 0, "python-spawn", 1),
            processes("the same, as near as a JVM can get", Work.START, 0, "python-forkserver", 1),
            new Bar(
                    "1,000 squares by a warm shared pool, 10 times faster",
                    Work.WARM,
                    0,
                    "cenote-shared",
                    "python-fork",
                    10),
            ideal("fast then slow, threads", Work.FAST_SLOW, Kind.THREADS),
            ideal("fast then slow, processes", Work.FAST_SLOW, Kind.PROCESSES),
            ideal("slow then fast, threads", Work.SLOW_FAST, Kind.THREADS),
            ideal("slow then fast, processes", Work.SLOW_FAST, Kind.PROCESSES),
            ideal("uneven, threads", Work.UNEVEN, Kind.THREADS),
            ideal("uneven, processes", Work.UNEVEN, Kind.PROCESSES),
            ideal("long tail, threads", Work.LONG_TAIL, Kind.THREADS),
            ideal("long tail, processes", Work.LONG_TAIL, Kind.PROCESSES),
            ideal("waits, threads", Work.SLEEPS, Kind.THREADS),
            ideal("waits, processes", Work.SLEEPS, Kind.PROCESSES),
            ideal("fetches, threads", Work.FETCH, Kind.THREADS),
            ideal("fetches, processes", Work.FETCH, Kind.PROCESSES),
            processes("W1, ahead", Work.IMAGE, 0, BEST, 1),
            processes("W2, ahead", Work.WORDS, 0, BEST, 1),
            processes("W3, ahead", Work.MODEL, 0, BEST, 1),
            processes("an array of bytes there and back, 3 times faster", Work.BYTES, 0, "python-fork", 3),
            processes("an array of longs there and back, 3 times faster", Work.LONGS, 0, "python-fork", 3),
            processes("bytes there and back, within 1.5 times", Work.BYTES, 0, "memcpy", 1 / 1.5),
            processes("longs there and back, within 1.5 times", Work.LONGS, 0, "memcpy", 1 / 1.5),
            processes("shared bytes there and back, within 1.5 times", Work.SHARED, 0, "memcpy", 1 / 1.5),
            new Bar(
                    "10,000,000 trivial calls, within 1.1 times",
                    Work.TRIVIAL,
                    0,
                    "cenote-threads",
                    "two-threads",
                    1 / 1.1),
            new Bar("10,000 items by a serial pool, under 1 µs an item", Work.SERIAL, 0, "cenote-serial", NOBODY, 10),
            new Bar("`cenote map`, a line, 100 times faster", Work.LINES, 0, "cenote-command", "parallel", 100),
            new Bar(
                    "progress costs under 3 %, threads",
                    Work.PROGRESS, 0, "cenote-threads", "cenote-threads-plain", 1 / 1.03),
            processes("progress costs under 3 %, processes", Work.PROGRESS, 0, "cenote-processes-plain", 1 / 1.03));

    private static Bar processes(String text, Work work, int figure, String rival, double limit) {
        return new Bar(text, work, figure, Kind.PROCESSES.ours(), rival, limit);
    }

    private static Bar ideal(String text, Work work, Kind kind) {
        return new Bar(text + ", within 10 % of the ideal", work, 1, kind.ours(), NOBODY, NEARLY_IDEAL);
    }

    /// What was found.
    ///
    /// @param ours our figure, or NaN
    /// @param against with whom it was compared; empty if with nobody
    /// @param theirs their figure, or NaN
    /// @param measured how many times faster we are, or our figure if there is no rival; NaN if something was not
    ///     measured
    /// @param holds whether the bar holds; `null` if something was not measured
    record Verdict(
            double ours,
            String against,
            double theirs,
            double measured,
            @Nullable Boolean holds) {}

    /// {@return whether it holds}
    ///
    /// @param results what was measured
    Verdict judge(Results results) {
        double our = results.median(work, ours, figure);
        if (rival.equals(NOBODY)) {
            return new Verdict(our, "", Double.NaN, our, Double.isNaN(our) ? null : our <= limit);
        }
        String other = rival.equals(BEST) ? results.best(work, results.kind(ours), figure) : rival;
        double their = other == null ? Double.NaN : results.median(work, other, figure);
        double faster = their / our;
        return new Verdict(
                our, other == null ? rival : other, their, faster, Double.isNaN(faster) ? null : faster >= limit);
    }
}
