// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import dev.cenote.Mapper;
import dev.cenote.Outcome;
import dev.cenote.Pool;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One run of `cenote map`: items from the input go through a pool, and what becomes of each is written.
final class MapRun {

    private final Input input;
    private final Function<Object, @Nullable Object> function;
    private final MapOptions options;
    private final Output output;
    private final Console console;
    private final Window window;

    private long items;
    private long failures;

    MapRun(
            Input input,
            Function<Object, @Nullable Object> function,
            MapOptions options,
            Output output,
            Console console) {
        this.input = input;
        this.function = function;
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
        Pool pool =
                Pool.of(options.engine().toString(), c -> options.workers() == 0 ? c : c.workers(options.workers()));
        output.tellFailureTo(Thread.currentThread());
        try {
            if (options.progress()) {
                mapWithBar(pool);
            } else {
                map(pool.with(options::apply));
            }
        } catch (CancellationException e) {
            output.flush(); // throws the reason if a failed write was it
            throw e;
        } finally {
            output.tellFailureTo(null);
            window.close();
            // whatever still runs is of no interest, and may not listen
            pool.shutdownNow();
        }
        if (failures > 0 && options.keepGoing()) {
            output.flush();
            console.say(failures + " of " + items + " items failed");
        }
        return failures > 0 ? ExitCode.FAILED : ExitCode.OK;
    }

    private void mapWithBar(Pool pool) throws IOException {
        try (Bar bar = new Bar(console, input::size)) {
            map(pool.with(o -> options.apply(o).progress(bar::update)));
            bar.end(items, failures, failures == 0 || options.keepGoing());
        }
    }

    private void map(Mapper mapper) throws IOException {
        Format format = options.format();
        try (Stream<Outcome<Object, byte @Nullable []>> outcomes =
                mapper.outcomes(Feed::new, item -> format.encode(item, function.apply(item)))) {
            Iterator<Outcome<Object, byte @Nullable []>> each = outcomes.iterator();
            boolean goOn = true;
            while (goOn && each.hasNext()) {
                goOn = write(each.next());
                items++;
            }
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
