// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// What is measured. Every side that can do the operation does the same work in every round, in turns.
enum Work {
    CALL(Group.CALLS, "call", "one warm call after another, 64 bytes each way", Plan.of(10_000, 2_000)),
    BUSY(
            Group.CALLS,
            "busy",
            "warm calls of 64 bytes by two callers at a time, so that both workers are busy",
            Plan.of(10_000, 2_000)),
    NOOP_1(
            Group.ITEMS,
            "same",
            "items of a function that does nothing, at chunk 1",
            Plan.of(100_000, 20_000).chunk(1)),
    NOOP_AUTO(
            Group.ITEMS,
            "chunks",
            "100,000 items of a function that does nothing, in chunks as the pool sees fit, if it does",
            Plan.of(100_000, 100_000).rounds(9)),
    TRIVIAL(
            Group.ITEMS,
            "trivial",
            "10,000,000 calls that add one, against two threads that were written by hand for this",
            Plan.of(10_000_000, 10_000_000).rounds(15).kinds(Kind.THREADS)),
    SERIAL(
            Group.ITEMS,
            "same",
            "W13: 10,000 items by the caller itself, against a loop",
            Plan.of(10_000, 10_000).rounds(15).kinds(Kind.SERIAL)),
    PROGRESS(
            Group.ITEMS,
            "progress",
            "W14: 3,000,000 items that do nothing with a listener of progress, against none; statistics are always kept",
            Plan.of(3_000_000, 3_000_000).rounds(15)),
    PENDING(
            Group.ITEMS,
            "pending",
            "what an item costs at chunk 1 when so many wait",
            Plan.of(10_000_000, 1_000_000).rounds(3)),
    BATCH_UNEVEN(
            Group.ITEMS,
            "sleep",
            "W6: 5,000 waits, normally distributed around 1 µs with a deviation of 1 ms, clipped at 0",
            Plan.of(5_000, 1_000).rounds(3).kinds(Kind.PROCESSES)),
    BATCH_EVEN(
            Group.ITEMS,
            "sleep",
            "W6: as many waits that all take the mean of these",
            Plan.of(5_000, 1_000).rounds(3).kinds(Kind.PROCESSES)),
    BATCH_WAVE(
            Group.ITEMS,
            "sleep",
            "W6: waits that grow and shrink like a wave, up to 0.1 s",
            Plan.of(300, 30).rounds(3).kinds(Kind.PROCESSES)),
    BATCH_SHUFFLED(
            Group.ITEMS,
            "sleep",
            "W6: the same waits in any order",
            Plan.of(300, 30).rounds(3).kinds(Kind.PROCESSES)),
    SQUARES(
            Group.COMPUTE,
            "square",
            "squares of 0 to n",
            Plan.of(100_000, 10_000).kinds(Kind.SERIAL, Kind.THREADS, Kind.VIRTUAL, Kind.PROCESSES)),
    SUMS(Group.COMPUTE, "sum", "four sums of 1 to n, one addition after the other", Plan.of(20_000_000, 2_000_000)),
    FACTORIALS(Group.COMPUTE, "factorial", "factorials of 0 to 9", Plan.of(10, 10)),
    LARGE_FACTORIALS(Group.COMPUTE, "factorial", "factorials of 0 to n", Plan.of(1_000, 400)),
    SLEEPS(
            Group.WAITING,
            "sleep",
            "waits of 10 ms on 8 workers",
            Plan.of(200, 200).workers(8)),
    FETCH(
            Group.WAITING,
            "fetch",
            "W8: pages of a server on this machine that answers after 20 ms, on 8 workers",
            Plan.of(1_600, 200).workers(8).rounds(3)),
    SLEEPERS(
            Group.WAITING,
            "sleep",
            "100,000 waits of 100 ms, all at the same time",
            Plan.of(100_000, 100_000).kinds(Kind.VIRTUAL)),
    FAST_SLOW(
            Group.BALANCE,
            "sleep",
            "W7: up to 20,000 items that take no time, then some of 50 ms",
            Plan.of(64, 10).rounds(3).kinds(Kind.THREADS, Kind.PROCESSES)),
    SLOW_FAST(
            Group.BALANCE,
            "sleep",
            "W7: the same backwards",
            Plan.of(64, 10).rounds(3).kinds(Kind.THREADS, Kind.PROCESSES)),
    UNEVEN(
            Group.BALANCE,
            "sleep",
            "W7: waits of 1 2 1 10 3 1 4 10 1 3 2 10 times n ms on 4 workers",
            Plan.of(100, 20).workers(4).rounds(3).kinds(Kind.THREADS, Kind.PROCESSES)),
    LONG_TAIL(
            Group.BALANCE,
            "sleep",
            "waits of 4 ms, of which a few take up to 100 times as long",
            Plan.of(300, 100).rounds(3).kinds(Kind.THREADS, Kind.PROCESSES)),
    IMAGE(
            Group.STATE,
            "image",
            "W1: 20 filters over an image of n x n doubles that all workers have; a new pool each time",
            Plan.of(5_000, 1_500).rounds(3)),
    WORDS(
            Group.STATE,
            "words",
            "W2: prefixes of 1 to 3 bytes of the words of uneven documents, counted by each worker for itself and merged; "
                    + "a new pool each time",
            Plan.of(2_000, 400).rounds(3)),
    MODEL(
            Group.STATE,
            "model",
            "W3: calls of 10 tasks each that use what an initializer has loaded in 0.3 s, 400 kB a result; a new pool "
                    + "each time",
            Plan.of(50, 10).rounds(3)),
    BYTES(Group.BULK, "bytes", "an array of bytes to a worker and back", Plan.of(256 << 20, 64 << 20)),
    LONGS(Group.BULK, "longs", "an array of longs of as many bytes to a worker and back", Plan.of(256 << 20, 64 << 20)),
    SHARED(
            Group.BULK,
            "shared",
            "as many bytes in memory that processes share: copied in, each page changed in place by a worker, copied out",
            Plan.of(256 << 20, 64 << 20)),
    START(
            Group.START,
            "start",
            "a pool of two, 1,000 squares, and its end, twice in a process that has had no pool before",
            Plan.of(1_000, 1_000).rounds(9).kinds(Kind.PROCESSES)),
    WARM(
            Group.START,
            "square",
            "1,000 squares by a pool that is kept open",
            Plan.of(1_000, 1_000).rounds(15).kinds(Kind.PROCESSES)),
    START_64(
            Group.START,
            "start",
            "64 workers, 640 squares, and their end, twice in a process that has had no pool before",
            Plan.of(640, 640).workers(64).rounds(1).kinds(Kind.PROCESSES)),
    REST(
            Group.REST,
            "rest",
            "memory of the worker that has most, and CPU time of all, when there is nothing to do",
            Plan.of(3, 2).rounds(3).kinds(Kind.PROCESSES)),
    FEW_LINES(
            Group.COMMAND,
            "lines",
            "every line of a file as it is, start included",
            Plan.of(2_000, 300).rounds(3).kinds(Kind.COMMAND)),
    LINES(
            Group.COMMAND,
            "lines",
            "100,000 lines, start included; who takes a process for each line gets a fiftieth of them",
            Plan.of(100_000, 100_000).rounds(3).kinds(Kind.COMMAND));

    /// How long the server takes to answer.
    static final int LATENCY_MICROS = 20_000;

    private static final Figure TIME = new Figure("time", "ms");
    private static final List<Integer> PENDING_ITEMS = List.of(1_000, 10_000, 100_000, 1_000_000, 10_000_000);

    private final Group group;
    private final String operation;
    private final String text;

    @SuppressWarnings("ImmutableEnumChecker") // a record of numbers and of a set that cannot be changed
    private final Plan plan;

    Work(Group group, String operation, String text, Plan plan) {
        this.group = group;
        this.operation = operation;
        this.text = text;
        this.plan = plan;
    }

    Group group() {
        return group;
    }

    String operation() {
        return operation;
    }

    /// {@return what is done, in a line}
    String text() {
        return text;
    }

    Plan plan() {
        return plan;
    }

    /// {@return the name for options and files}
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// {@return whether each round has a process of its own, so that there is nothing to warm up}
    boolean isFresh() {
        return switch (operation) {
            case "start" -> this != START; // of which one makes the files that later ones find
            case "rest", "lines", "words", "model", "image" -> true;
            default -> false;
        };
    }

    /// {@return whether it does not get faster the more it is done}
    boolean isSteady() {
        return operation.equals("sleep") || operation.equals("fetch") || operation.equals("start");
    }

    /// {@return how much of it warms a pool up: less than a round, but of the same kind}
    ///
    /// @param size of a round
    int warmSize(int size) {
        return switch (this) {
            case CALL, BYTES, LONGS, SHARED, FACTORIALS, TRIVIAL, WARM, START -> size;
            case SLEEPERS, BUSY, SERIAL, PROGRESS, NOOP_AUTO, SQUARES, SUMS, LARGE_FACTORIALS -> Math.max(1, size / 2);
            default -> Math.max(1, size / 10);
        };
    }

    /// {@return a new input}
    ///
    /// @param size how much
    List<Integer> items(int size) {
        return switch (this) {
            case SUMS -> Collections.nCopies(4, size);
            case SLEEPS -> Collections.nCopies(size, 10_000);
            case SLEEPERS -> Collections.nCopies(size, 100_000);
            case FAST_SLOW -> Durations.fastThenSlow(size);
            case SLOW_FAST -> Durations.fastThenSlow(size).reversed();
            case UNEVEN -> Durations.uneven(size);
            case LONG_TAIL -> Durations.longTail(size);
            case BATCH_UNEVEN -> Durations.clipped(size);
            case BATCH_EVEN -> Durations.levelled(Durations.clipped(size));
            case BATCH_WAVE -> Durations.wave(size, false);
            case BATCH_SHUFFLED -> Durations.wave(size, true);
            default -> numbers(size);
        };
    }

    private static List<Integer> numbers(int size) {
        Integer[] all = new Integer[size];
        Arrays.setAll(all, i -> i);
        return Arrays.asList(all);
    }

    /// {@return whether the input is the numbers from 0 to the size, so that the size says it all}
    boolean hasPlainItems() {
        return !operation.equals("sleep") && !operation.equals("sum");
    }

    /// {@return whether it maps items; if not, the size is of something else}
    boolean needsItems() {
        return switch (operation) {
            case "same", "chunks", "trivial", "progress", "pending", "sleep", "sum", "square", "factorial", "fetch" ->
                true;
            default -> false;
        };
    }

    /// {@return what a round of it gives}
    List<Figure> figures() {
        return switch (operation) {
            case "call" -> List.of(new Figure("p50", "µs"), new Figure("p99", "µs"));
            case "busy" -> List.of(new Figure("a call", "µs"), new Figure("CPU of a call", "µs"));
            case "sum" -> List.of(TIME, new Figure("x the language's own loop", "x"));
            case "sleep", "fetch" -> List.of(TIME, new Figure("x ideal", "x"));
            case "start" -> List.of(new Figure("first pool", "ms"), new Figure("second pool", "ms"));
            case "rest" -> List.of(new Figure("RSS", "MB"), new Figure("PSS", "MB"), new Figure("CPU", "ms/s"));
            case "lines" -> List.of(new Figure("a line", "µs"));
            case "pending" ->
                PENDING_ITEMS.stream()
                        .map(items -> new Figure("10^" + (String.valueOf(items).length() - 1), "ns"))
                        .toList();
            default -> List.of(TIME);
        };
    }

    /// {@return the figures of a round}
    ///
    /// @param task what was done
    /// @param kind by what kind of workers
    /// @param samples what was measured: the nanoseconds of each call; for `busy` the nanoseconds and those of CPU
    ///     time; for `sum` also those of a loop; for `start` those of two pools; for `pending` of each number of items;
    ///     for `lines` of a line; for `rest` the figures themselves; for all others of the whole
    double[] numbers(Task task, Kind kind, double[] samples) {
        return switch (operation) {
            case "call" -> new double[] {percentile(samples, 0.5) / 1e3, percentile(samples, 0.99) / 1e3};
            case "busy" -> new double[] {samples[0] / 1e3 / task.size(), samples[1] / 1e3 / task.size()};
            case "sum" -> new double[] {samples[0] / 1e6, samples[0] / samples[1]};
            case "sleep", "fetch" -> new double[] {samples[0] / 1e6, samples[0] / 1e3 / ideal(task, kind)};
            case "start" -> new double[] {samples[0] / 1e6, samples[1] / 1e6};
            case "rest" -> samples;
            case "lines" -> new double[] {samples[0] / 1e3};
            case "pending" ->
                IntStream.range(0, PENDING_ITEMS.size())
                        .mapToDouble(i -> i < samples.length ? samples[i] / PENDING_ITEMS.get(i) : Double.NaN)
                        .toArray();
            default -> new double[] {samples[0] / 1e6};
        };
    }

    /// {@return how many items are pending, one measurement after the other}
    ///
    /// @param size the most
    static List<Integer> pending(int size) {
        return PENDING_ITEMS.stream().filter(items -> items <= size).toList();
    }

    private double ideal(Task task, Kind kind) {
        List<Integer> items = task.items();
        List<Integer> micros = operation.equals("fetch") ? Collections.nCopies(items.size(), LATENCY_MICROS) : items;
        return Durations.ideal(micros, kind == Kind.VIRTUAL ? items.size() : plan.workers());
    }

    /// {@return the number that this share of all is not above; between two numbers, the lower}
    ///
    /// @param numbers all of them, not empty
    /// @param share from 0 to 1
    static double percentile(double[] numbers, double share) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        return sorted[(int) ((sorted.length - 1) * share)];
    }
}
