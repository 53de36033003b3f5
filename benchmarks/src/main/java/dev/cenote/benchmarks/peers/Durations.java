// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.Stream;

/// Lists of durations, in microseconds, and how long they take if nothing is lost.
final class Durations {

    private Durations() {}

    /// {@return many items that take no time, 20,000 at most, and then a few of 50 ms}
    ///
    /// @param slow how many are slow
    static List<Integer> fastThenSlow(int slow) {
        List<Integer> all = new ArrayList<>(Collections.nCopies(Math.min(20_000, 320 * slow), 0));
        all.addAll(Collections.nCopies(slow, 50_000));
        return all;
    }

    /// {@return uneven items, as someone complained about}
    ///
    /// @param unit the shortest, in milliseconds
    static List<Integer> uneven(int unit) {
        return Stream.of(1, 2, 1, 10, 3, 1, 4, 10, 1, 3, 2, 10)
                .map(units -> 1_000 * unit * units)
                .toList();
    }

    /// {@return items of 4 ms, of which a few, anywhere, take much longer}
    ///
    /// @param count how many
    static List<Integer> longTail(int count) {
        Random random = new Random(42);
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add((int) Math.min(400_000, 4_000 / Math.pow(1 - random.nextDouble(), 0.8)));
        }
        return all;
    }

    /// {@return normally distributed durations around 1 µs with a deviation of 1 ms; less than nothing is nothing}
    ///
    /// @param count how many
    static List<Integer> clipped(int count) {
        Random random = new Random(42);
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add((int) Math.max(0, 1 + 1_000 * random.nextGaussian()));
        }
        return all;
    }

    /// {@return as many items that all take the mean of others}
    ///
    /// @param others the others
    static List<Integer> levelled(List<Integer> others) {
        long sum = others.stream().mapToLong(micros -> micros).sum();
        return Collections.nCopies(others.size(), (int) (sum / others.size()));
    }

    /// {@return a wave of durations of at most 0.1 s}
    ///
    /// @param count how many
    /// @param shuffled whether they come in any order
    static List<Integer> wave(int count, boolean shuffled) {
        Integer[] all = new Integer[count];
        for (int i = 0; i < count; i++) {
            all[i] = (int) (100_000 * Math.pow(Math.cos(2 * Math.PI * i / count), 8));
        }
        if (shuffled) {
            Collections.shuffle(Arrays.asList(all), new Random(42));
        }
        return Arrays.asList(all);
    }

    /// {@return how long the items take, in microseconds, if each worker that is free takes the next and nothing else
    /// takes any time; without knowing how long items are nobody can plan to be faster}
    ///
    /// @param micros the items
    /// @param workers how many workers
    static long ideal(List<Integer> micros, int workers) {
        PriorityQueue<Long> free = new PriorityQueue<>(Collections.nCopies(workers, 0L));
        long end = 0;
        for (int length : micros) {
            Long begin = free.remove();
            end = Math.max(end, begin + length);
            free.add(begin + length);
        }
        return end;
    }
}
