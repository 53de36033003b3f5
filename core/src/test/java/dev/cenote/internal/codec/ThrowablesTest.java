// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.RemoteException;
import dev.cenote.internal.classes.ClassNames;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ThrowablesTest {

    static class WithField extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final int code;

        WithField(String message, int code, @Nullable Throwable cause) {
            super(message, cause);
            this.code = code;
        }
    }

    static class WithStream extends Exception {

        @Serial
        private static final long serialVersionUID = 1L;

        private final Object stream = new ByteArrayInputStream(new byte[0]);

        WithStream(String message, @Nullable Throwable cause) {
            super(message + " ", cause);
            assertThat(stream).isNotNull();
        }
    }

    static class Unwritable extends Exception {

        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private void writeObject(ObjectOutputStream out) {
            throw new IllegalStateException("not written");
        }
    }

    static class Unreadable extends Exception {

        @Serial
        private static final long serialVersionUID = 1L;

        @Serial
        private void readObject(ObjectInputStream in) {
            throw new IllegalStateException("not read");
        }
    }

    static class BadText extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no text");
        }
    }

    static class BadTextThere extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient Object here = new Object();

        @Override
        public String getMessage() {
            return "here " + here.getClass();
        }
    }

    @SuppressWarnings("OverrideThrowableToString") // to be as bad as can be
    static class BadInEveryWay extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause");
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new IllegalStateException("no trace");
        }

        @Override
        public String toString() {
            throw new StackOverflowError();
        }
    }

    static class CauseInAField extends Exception {

        @Serial
        private static final long serialVersionUID = 1L;

        private final transient IOException reason;

        CauseInAField(IOException reason) {
            this.reason = reason;
        }

        @Override
        public synchronized @Nullable Throwable getCause() {
            return reason == null ? super.getCause() : reason;
        }
    }

    private static RemoteException remote(@Nullable Throwable thrown) {
        assertThat(thrown).isInstanceOf(RemoteException.class);
        return (RemoteException) thrown;
    }

    @Test
    void exception_comesBackAsItselfWithTheFramesOfTheWorker() {
        WithField thrown = new WithField("boom", 7, new IOException("disk"));
        WithField back = (WithField) Wires.throwable(thrown);
        assertThat(back).hasMessage("boom").hasSameClassAs(thrown);
        assertThat(back.code).isEqualTo(7);
        assertThat(back.getCause()).isInstanceOf(IOException.class).hasMessage("disk");
        assertThat(back.getStackTrace()).hasSameSizeAs(thrown.getStackTrace());
        assertThat(back.getStackTrace()[0])
                .hasToString("worker-1//" + thrown.getStackTrace()[0].toString().replaceFirst(".*//", ""));
        assertThat(back.getCause().getStackTrace()[0].getLineNumber())
                .isEqualTo(thrown.getStackTrace()[0].getLineNumber());
    }

    @Test
    void frameOfAModule_namesIt() {
        Throwable thrown = null;
        try {
            int unused = Integer.parseInt("oops");
            assertThat(unused).isZero();
        } catch (NumberFormatException e) {
            thrown = e;
        }
        Throwable back = Wires.throwable(thrown);
        assertThat(back).isExactlyInstanceOf(NumberFormatException.class);
        assertThat(List.of(back.getStackTrace()).toString()).contains("worker-1/java.base/java.lang.Integer.parseInt");
    }

    @Test
    void oneNodeThatCannotTravel_costsTheOthersNothing() {
        WithField thrown = new WithField("top", 1, new IOException("cause"));
        thrown.addSuppressed(new WithStream("holds a stream", new UncheckedIOException(new IOException("below"))));
        thrown.addSuppressed(new IllegalStateException("fine"));
        Throwable back = Wires.throwable(thrown);
        assertThat(back).isInstanceOf(WithField.class);
        assertThat(back.getCause()).isInstanceOf(IOException.class);
        RemoteException bad = remote(back.getSuppressed()[0]);
        assertThat(bad.type()).isEqualTo(WithStream.class.getName());
        assertThat(bad).hasMessageStartingWith(WithStream.class.getName() + ": holds a stream");
        assertThat(bad.whyNotRebuilt()).contains("NotSerializableException: java.io.ByteArrayInputStream");
        assertThat(bad.getStackTrace()).isNotEmpty();
        assertThat(bad.getCause()).isInstanceOf(UncheckedIOException.class);
        assertThat(back.getSuppressed()[1]).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void hooksThatFail_leaveADescription() {
        assertThat(remote(Wires.throwable(new Unwritable())).whyNotRebuilt()).contains("not written");
        assertThat(remote(Wires.throwable(new Unreadable())).whyNotRebuilt()).contains("not read");
    }

    @Test
    void unknownClass_leavesADescription() {
        ClassNames empty = new ClassNames() {
            @Override
            public void write(WireWriter out, Class<?> type) {
                throw new AssertionError();
            }

            @Override
            public Class<?> read(WireReader in) throws ClassNotFoundException, IOException {
                throw new ClassNotFoundException(in.getText() + " asked nobody");
            }
        };
        ValueCodec stranger = new ValueCodec(empty, Side.PARENT, Wires.EXPLAINER);
        Throwable back = Wires.throwable(Wires.worker(), stranger, new WithField("boom", 7, new IOException("disk")));
        assertThat(remote(back).whyNotRebuilt()).contains("asked nobody");
        assertThat(remote(back.getCause()).type()).isEqualTo("java.io.IOException");
    }

    @Test
    void exceptionThatCannotBePrinted_isDescribed() {
        RemoteException there = remote(Wires.throwable(new BadText()));
        assertThat(there)
                .hasMessageStartingWith(
                        BadText.class.getName() + " (its toString() throws java.lang.IllegalStateException)");
        RemoteException here = remote(Wires.throwable(new BadTextThere()));
        assertThat(here).hasMessageStartingWith(BadTextThere.class.getName() + ": here class java.lang.Object");
        assertThat(here.whyNotRebuilt()).contains("NullPointerException");
    }

    @Test
    void exceptionThatFailsInEveryMethod_arrives() {
        assertThat(remote(Wires.throwable(new BadInEveryWay())).type()).isEqualTo(BadInEveryWay.class.getName());
    }

    @Test
    void causeThatDoesNotTravel_isSetAgain() {
        assertThat(Wires.throwable(new CauseInAField(new IOException("why"))).getCause())
                .isInstanceOf(IOException.class)
                .hasMessage("why");
    }

    @Test
    void cyclicCauses_areCut() {
        RuntimeException a = new RuntimeException("a");
        RuntimeException b = new RuntimeException("b", a);
        a.initCause(b);
        a.addSuppressed(b);
        Throwable back = Wires.throwable(a);
        assertThat(back.getCause()).isExactlyInstanceOf(RuntimeException.class).hasMessage("b");
        assertThat(remote(back.getCause().getCause())).hasMessageContaining("[circular reference]");
        assertThat(back.getSuppressed()[0]).isSameAs(back.getCause());
    }

    @Test
    void errors_arrive() {
        assertThat(Wires.throwable(new AssertionError("a"))).isExactlyInstanceOf(AssertionError.class);
        assertThat(Wires.throwable(new OutOfMemoryError("heap"))).isExactlyInstanceOf(OutOfMemoryError.class);
        StackOverflowError deep = overflow();
        Throwable back = Wires.throwable(deep);
        assertThat(back).isExactlyInstanceOf(StackOverflowError.class);
        assertThat(back.getStackTrace()).hasSize(Math.min(deep.getStackTrace().length, 1_024));
    }

    @Test
    void frames_travelOnce() {
        StackOverflowError deep = overflow();
        WireWriter out = new WireWriter();
        Wires.worker().writeThrowable(out, deep);
        assertThat(out.position()).isLessThan(12 * deep.getStackTrace().length);
        WithTrace other = new WithTrace(new IOException().getStackTrace());
        assertThat(((WithTrace) Wires.throwable(other)).other)
                .as("of something else")
                .isNotEmpty();
    }

    static class WithTrace extends Exception {

        @Serial
        private static final long serialVersionUID = 1L;

        private final StackTraceElement[] other;

        WithTrace(StackTraceElement[] other) {
            this.other = other;
        }
    }

    private static StackOverflowError overflow() {
        try {
            return recurse(0);
        } catch (StackOverflowError e) {
            return e;
        }
    }

    @SuppressWarnings("InfiniteRecursion") // wanted here
    private static StackOverflowError recurse(int n) {
        return recurse(n + 1);
    }

    @Test
    void tooManyCauses_areLeftOut() {
        Throwable thrown = new IOException("0");
        for (int i = 1; i < 1_000; i++) {
            thrown = new IOException(String.valueOf(i), thrown);
        }
        List<Throwable> chain = new ArrayList<>();
        for (Throwable each = Wires.throwable(thrown); each != null; each = each.getCause()) {
            chain.add(each);
        }
        assertThat(chain).hasSize(65);
        assertThat(chain.get(63)).isExactlyInstanceOf(IOException.class).hasMessage("936");
        assertThat(remote(chain.get(64))).hasMessageContaining("left out");
    }

    @Test
    void longTexts_areCut() {
        Throwable back = Wires.throwable(new WithStream("x".repeat(1_000_000), null));
        assertThat(back.getMessage()).hasSizeBetween(30_000, 40_000);
    }

    @Test
    void exceptionWithoutFrames_arrives() {
        Throwable thrown = new Throwable("m", null, false, false) {};
        Throwable back = Wires.throwable(thrown);
        assertThat(back.getStackTrace()).isEmpty();
        assertThat(back).hasMessageContaining("m");
    }

    @Test
    void corruptBytes_areSaidToBeCorrupt() {
        WireWriter out = new WireWriter();
        Wires.worker().writeThrowable(out, new IOException("x"));
        byte[] bytes = out.toByteArray();
        for (int i = 0; i < bytes.length; i++) {
            byte[] broken = bytes.clone();
            broken[i] ^= (byte) 0x81;
            try {
                assertThat(Wires.parent().readThrowable(new WireReader(broken), "w"))
                        .isNotNull();
            } catch (IOException e) {
                assertThat(e).isNotNull();
            }
        }
        assertThatThrownBy(() -> Wires.parent().readThrowable(new WireReader(bytes, 0, 20), "w"))
                .isInstanceOf(IOException.class);
    }
}
