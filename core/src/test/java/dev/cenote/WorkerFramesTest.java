// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is left of a worker's stack in the exceptions that it sends.
@Timeout(60)
class WorkerFramesTest {

    private static final String OWN = WorkerFramesTest.class.getName();

    private static Pool pool;

    @BeforeAll
    static void open() {
        pool = Pool.processes(1);
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    /// {@return the classes and methods of the frames that come from the worker}
    private static List<String> frames(Throwable thrown) {
        return Arrays.stream(thrown.getStackTrace())
                .filter(frame -> frame.getClassLoaderName() != null
                        && frame.getClassLoaderName().startsWith(pool.name()))
                .map(frame -> frame.getClassName() + "." + frame.getMethodName().replaceAll("\\$.*", ""))
                .toList();
    }

    private static int fail(int n) {
        IllegalStateException e = new IllegalStateException("on purpose " + n, new RuntimeException("below"));
        e.addSuppressed(new RuntimeException("beside"));
        throw e;
    }

    @Test
    void exceptionOfAnItem_hasTheFramesOfTheTaskOnly() {
        Throwable thrown = catchThrowable(() -> pool.map(List.of(1), n -> fail(n)));
        List<String> expected = List.of(OWN + ".fail", OWN + ".lambda");
        assertThat(frames(thrown)).isEqualTo(expected);
        assertThat(frames(thrown.getCause())).isEqualTo(expected);
        assertThat(frames(thrown.getSuppressed()[0])).isEqualTo(expected);
    }

    @Test
    void exceptionOfAJob_hasTheFramesOfTheTaskOnly() {
        Throwable thrown = catchThrowable(() -> pool.submit(() -> fail(1)).join());
        assertThat(frames(thrown.getCause())).containsExactly(OWN + ".fail", OWN + ".lambda");
    }

    @Test
    void exceptionOfAMethodReference_hasTheFramesOfTheMethod() {
        Throwable thrown = catchThrowable(() -> pool.map(List.of("a"), Integer::parseInt));
        assertThat(frames(thrown)).isNotEmpty().last().isEqualTo("java.lang.Integer.parseInt");
    }

    @Test
    void exceptionOfAnotherThread_keepsItsFrames() {
        Throwable thrown = catchThrowable(() -> pool.submit(() -> {
                    FutureTask<Integer> task = new FutureTask<>(() -> fail(1));
                    Thread.ofPlatform().start(task).join();
                    throw (Exception) task.exceptionNow();
                })
                .join());
        assertThat(frames(thrown.getCause())).last().isEqualTo("java.lang.Thread.run");
    }

    @Test
    void exceptionOfTheLibrary_keepsItsFrames() {
        Throwable thrown = catchThrowable(() -> pool.map(List.of(1), n -> new Object()));
        assertThat(thrown).isInstanceOf(NotShippableException.class);
        assertThat(frames(thrown)).isNotEmpty();
    }
}
