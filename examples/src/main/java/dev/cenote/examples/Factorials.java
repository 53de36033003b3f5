// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import dev.cenote.Pool;
import dev.cenote.Range;
import java.math.BigInteger;
import java.util.List;

/// The factorials of 0 to 9, on every engine: the same call, with one word changed.
///
/// ```
/// java -cp core/target/classes examples/src/main/java/dev/cenote/examples/Factorials.java
/// ```
public final class Factorials {

    static final List<String> ENGINES = List.of("serial", "threads", "virtual", "processes");

    private Factorials() {}

    public static void main(String... args) {
        for (String engine : ENGINES) {
            try (Pool pool = Pool.of(engine)) {
                System.out.printf("%-9s %s%n", engine, factorials(pool));
            }
        }
    }

    /// The loop `for (int n = 0; n < 10; n++) results.add(factorial(n))`, on the workers of a pool.
    static List<BigInteger> factorials(Pool pool) {
        return pool.map(Range.of(0, 10), Factorials::factorial);
    }

    static BigInteger factorial(int n) {
        BigInteger product = BigInteger.ONE;
        for (int i = 2; i <= n; i++) {
            product = product.multiply(BigInteger.valueOf(i));
        }
        return product;
    }
}
