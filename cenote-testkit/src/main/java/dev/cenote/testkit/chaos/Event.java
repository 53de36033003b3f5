// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.chaos;

/// Something that goes wrong, or is easily done wrong. The names are the words that both sides are given.
enum Event {
    /// A worker is killed, as by the kernel when memory is short.
    KILL("`kill -9` of the worker"),
    /// A worker ends at once, as if all were well.
    HALT("hard exit with code 0"),
    /// A task asks its program to end.
    EXIT("`System.exit(0)`, `sys.exit(0)`"),
    /// An exception that cannot be made from a message.
    EXCEPTION("exception with two arguments"),
    /// A result that cannot be written.
    RESULT("result that cannot travel"),
    /// The function is a lambda.
    LAMBDA("lambda as function"),
    /// A task takes longer than it may.
    LIMIT("limit of 1 s, task of 30 s"),
    /// The input does not end.
    ENDLESS("endless input, first result"),
    /// A task has a pool.
    NESTED("pool inside a task"),
    /// A worker dies in the middle of many items.
    CHUNK("`kill -9` in a chunk of 100"),
    /// The user has seen enough.
    INTERRUPT("Ctrl-C in tasks of 30 s"),
    /// The program of the pool is killed.
    ORPHANS("`kill -9` of the program");

    private final String title;

    Event(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /// {@return how many items the call of this event has}
    int items() {
        return this == CHUNK ? 100 : 10;
    }

    /// {@return how many items must be right}
    int mostRight() {
        return switch (this) {
            case KILL, HALT, EXIT, EXCEPTION, RESULT, LIMIT, CHUNK -> items() - 1;
            case ENDLESS -> 1;
            case LAMBDA, NESTED -> items();
            case INTERRUPT, ORPHANS -> 0;
        };
    }

    /// {@return within how many seconds all must be over}
    double mostSeconds() {
        return this == LIMIT ? 1.5 : 1;
    }
}
