// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.Set;

/// No pool: a copy into memory that is there already, and one back.
record Memcpy() implements Side {

    @Override
    public String name() {
        return "memcpy";
    }

    @Override
    public Kind kind() {
        return Kind.PROCESSES;
    }

    @Override
    public String version() {
        return Peers.JAVA;
    }

    @Override
    public Set<String> operations() {
        return Set.of("bytes", "longs", "shared");
    }

    @Override
    public Round round(Task task) {
        return task.operation().equals("longs")
                ? copy(new long[task.size() / Long.BYTES], new long[task.size() / Long.BYTES])
                : copy(new byte[task.size()], new byte[task.size()]);
    }

    private static Round copy(Object from, Object to) {
        int length = java.lang.reflect.Array.getLength(from);
        System.arraycopy(from, 0, to, 0, length); // so that the pages are there
        long begin = System.nanoTime();
        System.arraycopy(from, 0, to, 0, length);
        System.arraycopy(to, 0, from, 0, length);
        return new Round(new double[] {System.nanoTime() - begin}, length);
    }

    @Override
    public void close() {}
}
