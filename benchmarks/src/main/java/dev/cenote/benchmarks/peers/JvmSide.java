// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.Func;
import dev.cenote.SharedBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// A pool that is used from this JVM, and does works as others do by [PeerProcess].
final class JvmSide implements Side {

    /// Makes an engine.
    interface Opening {
        Engine open(int workers) throws Exception;
    }

    private static final int PAGE = 4_096;

    private final String name;
    private final Kind kind;
    private final String version;
    private final Set<String> operations;
    private final Opening opening;
    private @Nullable Engine engine;
    private @Nullable SharedBytes memory;
    private int workers;
    private List<Long> children = List.of();

    JvmSide(String name, Kind kind, String version, Set<String> operations, Opening opening) {
        this.name = name;
        this.kind = kind;
        this.version = version;
        this.operations = Set.copyOf(operations);
        this.opening = opening;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Set<String> operations() {
        return operations;
    }

    private Engine warm(int count) throws Exception {
        Engine known = engine;
        if (known == null || workers != count) {
            close();
            List<Long> before = children();
            known = opening.open(count);
            engine = known;
            workers = count;
            known.map(List.of(1, 2, 3, 4), x -> x, 1); // so that workers are there
            children = new ArrayList<>(children());
            children.removeAll(before);
        }
        return known;
    }

    private static List<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).toList();
    }

    @Override
    public Round round(Task task) throws Exception {
        Engine warm = warm(task.work().plan().workers());
        return switch (task.operation()) {
            case "call" -> calls(warm, task.size());
            case "busy" -> busy(warm, task);
            case "bytes" -> bytes(warm, task.size());
            case "longs" -> longs(warm, task.size() / Long.BYTES);
            case "shared" -> shared(warm, task.size());
            case "pending" -> pending(warm, task);
            default -> mapped(warm, task);
        };
    }

    private static Round mapped(Engine warm, Task task) throws Exception {
        List<Integer> items = task.items();
        Func<Integer, ? extends Number> function = Functions.of(task.operation(), task.port());
        long begin = System.nanoTime();
        List<? extends Number> results =
                warm.map(items, function, task.work().plan().chunk());
        long nanos = System.nanoTime() - begin;
        double check = Functions.check(results);
        if (!task.operation().equals("sum")) {
            return new Round(new double[] {nanos}, check);
        }
        begin = System.nanoTime();
        long alone = 0;
        for (int n : items) {
            alone += Functions.sumUpTo(n);
        }
        long nanosAlone = System.nanoTime() - begin;
        return new Round(new double[] {nanos, nanosAlone}, alone == check ? check : Double.NaN);
    }

    private static Round calls(Engine warm, int count) throws Exception {
        byte[] sent = new byte[64];
        double[] nanos = new double[count];
        int length = 0;
        for (int i = 0; i < count; i++) {
            long begin = System.nanoTime();
            byte[] back = warm.call(() -> sent);
            nanos[i] = System.nanoTime() - begin;
            length = back.length;
        }
        return new Round(nanos, length);
    }

    private Round busy(Engine warm, Task task) throws Exception {
        int callers = task.work().plan().workers();
        byte[] sent = new byte[64];
        List<Long> pids = new ArrayList<>(children);
        pids.add(ProcessHandle.current().pid());
        long cpu = Footprint.cpuNanos(pids);
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            long begin = System.nanoTime();
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                all.add(threads.submit(() -> {
                    for (int call = 0; call < task.size() / callers; call++) {
                        warm.call(() -> sent);
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
            long nanos = System.nanoTime() - begin;
            return new Round(new double[] {nanos, Footprint.since(cpu, pids)}, 0);
        }
    }

    private static Round bytes(Engine warm, int size) throws Exception {
        byte[] sent = new byte[size];
        long begin = System.nanoTime();
        byte[] back = warm.map(List.of(sent), x -> x, 1).getFirst();
        return new Round(new double[] {System.nanoTime() - begin}, back.length);
    }

    private static Round longs(Engine warm, int size) throws Exception {
        long[] sent = new long[size];
        long begin = System.nanoTime();
        long[] back = warm.map(List.of(sent), x -> x, 1).getFirst();
        return new Round(new double[] {System.nanoTime() - begin}, back.length);
    }

    /// The memory is kept from round to round, as a program would that has more than one value to send.
    private Round shared(Engine warm, int size) throws Exception {
        SharedBytes known = memory;
        SharedBytes shared = known != null && known.length() == size ? known : SharedBytes.of(size);
        memory = shared;
        byte[] content = new byte[size];
        long begin = System.nanoTime();
        shared.set(0, content, 0, size);
        int pages = warm.call(() -> {
            int count = 0;
            for (long at = 0; at < shared.length(); at += PAGE) {
                shared.set(at, (byte) (shared.get(at) + 1));
                count++;
            }
            return count;
        });
        shared.get(0, content, 0, size);
        long nanos = System.nanoTime() - begin;
        boolean changed = content[0] == 1 && content[(pages - 1) * PAGE] == 1 && content[1] == 0;
        return new Round(new double[] {nanos}, changed ? size : Double.NaN);
    }

    /// The same for ever more items; for few, the median of several.
    private static Round pending(Engine warm, Task task) throws Exception {
        List<Integer> all = task.items();
        List<Integer> amounts = Work.pending(task.size());
        double[] nanos = new double[amounts.size()];
        for (int i = 0; i < nanos.length; i++) {
            List<Integer> some = all.subList(0, amounts.get(i));
            double[] several = new double[Math.clamp(200_000 / some.size(), 1, 15)];
            for (int n = 0; n < several.length; n++) {
                long begin = System.nanoTime();
                List<Integer> back = warm.map(some, x -> x, 1);
                several[n] = System.nanoTime() - begin;
                if (!Objects.equals(back.getLast(), some.getLast())) {
                    return new Round(nanos, Double.NaN);
                }
            }
            nanos[i] = Work.percentile(several, 0.5);
        }
        return new Round(nanos, Arrays.stream(nanos).allMatch(one -> one > 0) ? 0 : Double.NaN);
    }

    @Override
    public void close() {
        Engine known = engine;
        engine = null;
        if (known != null) {
            known.close();
        }
        SharedBytes shared = memory;
        memory = null;
        if (shared != null) {
            shared.close();
        }
    }
}
