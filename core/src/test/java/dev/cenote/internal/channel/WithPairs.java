// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// Opens channels with both sides in one JVM, and closes them after each test.
abstract class WithPairs {

    @TempDir
    Path folder;

    final List<Pair> pairs = new ArrayList<>();

    @AfterEach
    void close() {
        pairs.forEach(Pair::close);
    }

    final Pair open(Way way) throws Exception {
        Pair pair = Pair.open(folder, way.options());
        pairs.add(pair);
        return pair;
    }
}
