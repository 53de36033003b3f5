// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.time.Duration;

/// A gate in another process than that of its test. What is for the test is not here.
@SuppressWarnings("serial") // its ticket travels in its place
final class FarGate extends Gate {

    private static final long serialVersionUID = 1L;
    private static final int PASS = 0;

    private final Ticket ticket;

    FarGate(Ticket ticket) {
        this.ticket = ticket;
    }

    @Serial
    private Object writeReplace() {
        return ticket;
    }

    @Override
    public <T> T pass(T value) {
        return passStubbornly(value);
    }

    @Override
    public <T> T passStubbornly(T value) {
        try (Line line = new Line(ticket)) {
            line.out.writeInt(PASS);
            line.await();
            line.out.write(1);
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public <T> T passAfter(Duration time, T value) {
        try (Line line = new Line(ticket)) {
            line.out.writeInt(PASS);
            line.await(time);
            line.out.write(1);
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void awaitArrivals(int tasks) {
        try (Line line = new Line(ticket)) {
            line.out.writeInt(tasks);
            line.await();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void open() {
        throw elsewhere();
    }

    @Override
    public void awaitStops(int times) {
        throw elsewhere();
    }

    @Override
    public int arrivals() {
        throw elsewhere();
    }

    @Override
    public int stops() {
        throw elsewhere();
    }

    @Override
    public int departures() {
        throw elsewhere();
    }

    private static UnsupportedOperationException elsewhere() {
        return new UnsupportedOperationException("the test is in another process");
    }
}
