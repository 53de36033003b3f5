// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import dev.cenote.Func;
import dev.cenote.Mapper;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import dev.cenote.WorkerDiedException;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One run of `cenote map`: items from the input go through a pool, and what becomes of each is written.
final class MapRun {

    /// How long workers may take to end in order, and their last lines to arrive.
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    /// How long this process may take to be told of a Ctrl-C that its worker has been told of.
    private static final Duration CTRL_C = Duration.ofMillis(500);

    private final Pool pool;
    private final Input input;
    private final Work work;
    private final MapOptions options;
    private final Output output;
    private final Console console;
    private final Window window;

    /// Whether every item has its outcome.
    private boolean complete;

    private long items;
    private long failures;

    /// What runs in a worker. It takes nothing else of this program along, as it may go to another process.
    private record Work(Function<Object, @Nullable Object> function, Format format)
            implements Func<Object, byte @Nullable []> {

        @Override
        public byte @Nullable [] apply(Object item) {
            return format.encode(item, function.apply(item));
        }
    }

    MapRun(
            Pool pool,
            Input input,
            Function<Object, @Nullable Object> function,
            MapOptions options,
            Output output,
            Console console) {
        this.pool = pool;
        this.input = input;
        this.work = new Work(function, options.format());
        this.options = options;
        this.output = output;
        this.console = console;
        this.window = options.window();
    }

    /// Runs to the end of the input, to the first failure, or until nobody reads the output.
    ///
    /// @return the exit code
    /// @throws IOException if the output cannot be written
    int run() throws IOException {
        output.tellFailureTo(Thread.currentThread());
        try {
            if (options.progress()) {
                mapWithBar();
            } else {
                map(pool.with(options::apply));
            }
        } catch (CancellationException e) {
            output.flush(); // throws the reason if a failed write was it
            throw e;
        } finally {
            output.tellFailureTo(null);
            window.close();
            end();
        }
        if (failures > 0 && options.keepGoing()) {
            output.flush();
            console.say(failures + " of " + items + " items failed");
        }
        return failures > 0 ? ExitCode.FAILED : ExitCode.OK;
    }

    /// Ends the pool. Whatever still runs is of no interest, and may not listen. Worker processes are given time for
    /// their last lines, unless nobody reads anything any more.
    private void end() {
        boolean processes = options.engine() == Engine.PROCESSES;
        if (processes && complete) {
            pool.shutdown();
        } else {
            pool.shutdownNow();
        }
        if (processes && !output.failed()) {
            try {
                pool.awaitTermination(FAREWELL.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void mapWithBar() throws IOException {
        try (Bar bar = new Bar(console, input::size)) {
            map(pool.with(o -> options.apply(o).progress(bar::update)));
            bar.end(items, failures, failures == 0 || options.keepGoing());
        }
    }

    private void map(Mapper mapper) throws IOException {
        try (Stream<Outcome<Object, byte @Nullable []>> outcomes = mapper.outcomes(Feed::new, work)) {
            Iterator<Outcome<Object, byte @Nullable []>> each = outcomes.iterator();
            boolean goOn = true;
            while (goOn && each.hasNext()) {
                goOn = write(each.next());
                items++;
            }
            complete = goOn;
        }
    }

    /// Writes what became of an item.
    ///
    /// @return whether to go on
    private boolean write(Outcome<Object, byte @Nullable []> outcome) throws IOException {
        return switch (outcome) {
            case Outcome.Success<Object, byte @Nullable []> success -> {
                byte[] record = success.value();
                if (record != null) {
                    output.line(options.format().head(success.index()), record);
                }
                window.giveBack(size(success.item()) + (record == null ? 0 : record.length));
                yield true;
            }
            case Outcome.Failure<Object, byte @Nullable []> failure -> {
                failures++;
                tell(failure);
                window.giveBack(size(failure.item()));
                yield options.keepGoing();
            }
        };
    }

    private static long size(Object item) {
        return item instanceof String line ? line.length() : 0;
    }

    private void tell(Outcome.Failure<?, ?> failure) throws IOException {
        letCtrlCEnd(failure.error());
        boolean json = options.format() == Format.JSON;
        if (json) {
            output.line(Format.JSON.head(failure.index()), Format.encode(failure));
        }
        FailureText text = new FailureText(failure, input.type());
        output.flush(); // what came before stands before the message where both go to one place
        if (!options.keepGoing()) {
            console.say(text.report());
        } else if (!json) {
            console.say(text.line());
        }
    }

    /// Ctrl-C reaches every process of a terminal. When a worker has ended by it, so will this process in a moment, and
    /// then there is no failure to talk about.
    private static void letCtrlCEnd(Throwable error) {
        if (error instanceof WorkerDiedException died && died.exitCode() == ExitCode.INTERRUPTED) {
            try {
                Thread.sleep(CTRL_C);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// The input, as fast as the window allows.
    private final class Feed implements Iterator<Object> {

        private boolean granted;

        @Override
        public boolean hasNext() {
            granted = granted || (input.hasNext() && window.take());
            return granted;
        }

        @Override
        public Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            granted = false;
            return input.next();
        }
    }
}
