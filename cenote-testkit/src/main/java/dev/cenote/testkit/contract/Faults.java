// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.contract;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What ends processes, and objects that do so, or fail, on their way.
final class Faults {

    private Faults() {}

    /// {@return the number of this process}
    static long pid() {
        return ProcessHandle.current().pid();
    }

    /// Ends this process at once, without any hook.
    ///
    /// @param code its exit code
    /// @return nothing
    @SuppressWarnings("DoNotCallSuggester") // it never returns; a lambda has to
    static int halt(int code) {
        Runtime.getRuntime().halt(code);
        return code;
    }

    /// Reads where no memory is, which ends a JVM with a crash report.
    ///
    /// @return nothing
    @SuppressWarnings("restricted")
    static int crash() {
        return MemorySegment.ofAddress(8).reinterpret(8).get(ValueLayout.JAVA_BYTE, 0);
    }

    /// Fails where it is written.
    static final class Unwritable implements Serializable {

        private static final long serialVersionUID = 1L;

        @Serial
        private void writeObject(ObjectOutputStream out) {
            throw new IllegalStateException("never written");
        }
    }

    /// Fails where it is read.
    static final class Unreadable implements Serializable {

        private static final long serialVersionUID = 1L;

        @Serial
        private void readObject(ObjectInputStream in) {
            throw new IllegalStateException("never read");
        }
    }

    /// Ends each process where it is read, but that in which it was made.
    static final class EndsReader implements Serializable {

        private static final long serialVersionUID = 1L;

        private final long home = pid();
        private final boolean natively;

        EndsReader(boolean natively) {
            this.natively = natively;
        }

        @Serial
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            if (home != pid()) {
                int _ = natively ? crash() : halt(31);
            }
        }
    }

    /// Ends the process that writes it.
    static final class EndsWriter implements Serializable {

        private static final long serialVersionUID = 1L;

        private final boolean natively;

        EndsWriter(boolean natively) {
            this.natively = natively;
        }

        @Serial
        private void writeObject(ObjectOutputStream out) {
            int _ = natively ? crash() : halt(32);
        }
    }
}
