// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import dev.cenote.Func;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What workers are given to run. Peers in other languages have the same functions.
final class Functions {

    private static final BigInteger MODULUS = BigInteger.valueOf(1_000_003);

    private Functions() {}

    /// {@return the function of an operation that takes items one by one}
    ///
    /// @param operation its name
    /// @param port where to fetch from
    static Func<Integer, ? extends Number> of(String operation, int port) {
        return switch (operation) {
            case "same", "chunks", "pending", "progress" -> x -> x;
            case "trivial" -> x -> x + 1;
            case "square" -> x -> (long) x * x;
            case "sum" -> Functions::sumUpTo;
            case "factorial" -> Functions::factorial;
            case "sleep" -> Functions::sleep;
            case "fetch" -> i -> fetch(port, i);
            default -> throw new IllegalArgumentException("not a function of items: " + operation);
        };
    }

    static long sumUpTo(int n) {
        long sum = 0;
        for (int i = 1; i <= n; i++) {
            sum += i;
        }
        return sum;
    }

    static BigInteger factorial(int n) {
        BigInteger product = BigInteger.ONE;
        for (int i = 2; i <= n; i++) {
            product = product.multiply(BigInteger.valueOf(i));
        }
        return product;
    }

    static int sleep(int micros) throws InterruptedException {
        if (micros > 0) {
            TimeUnit.MICROSECONDS.sleep(micros);
        }
        return micros;
    }

    static int fetch(int port, int i) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + "/" + i).toURL().openConnection();
        connection.setRequestProperty("Connection", "close");
        try (InputStream in = connection.getInputStream()) {
            return Integer.parseInt(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /// {@return the number by which results are compared}
    ///
    /// @param results the results
    static double check(List<? extends Number> results) {
        double sum = 0;
        for (Number result : results) {
            sum += result instanceof BigInteger big ? big.mod(MODULUS).intValue() : result.doubleValue();
        }
        return sum;
    }
}
