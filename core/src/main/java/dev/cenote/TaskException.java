// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import dev.cenote.internal.Text;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// Thrown in the caller when a task ended with an exception that cannot be thrown as it is: a checked exception or a
/// {@link VirtualMachineError}. The original is the cause.
///
/// Other unchecked exceptions of a task are thrown as themselves. They carry a suppressed `TaskException` without a
/// cause, which names the item and the worker and has the stack of the caller.
///
/// @since 0.1
public final class TaskException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    /// The position of the item in the input, or -1.
    private final long index;

    /// The item; not kept when the exception is serialized.
    private final transient @Nullable Object item;

    /// The item as text, once it was asked for. Making it runs code of the user, which must not hold up the failure.
    private @Nullable String text;

    /// How often the item was started.
    private final int attempts;

    /// The name of the last worker, or the empty string.
    private final String worker;

    /// Creates an exception for a task that has no item.
    ///
    /// @param cause what the task threw
    public TaskException(Throwable cause) {
        super(cause.toString(), cause);
        this.index = -1;
        this.item = null;
        this.attempts = 1;
        this.worker = "";
    }

    /// Creates an exception for one item of a mapping call.
    ///
    /// @param index the position of the item in the input, from 0
    /// @param item the item
    /// @param attempts how often the item was started
    /// @param worker the name of the worker that ran the last attempt, or the empty string
    /// @param cause what the task threw, or `null` when this exception only says where another one comes from
    public TaskException(long index, @Nullable Object item, int attempts, String worker, @Nullable Throwable cause) {
        super(cause == null ? null : cause.toString(), cause);
        this.index = index;
        this.item = item;
        this.attempts = attempts;
        this.worker = worker;
    }

    /// Says which item failed, after how many attempts, where, and why.
    ///
    /// @return the message; it holds the item as text, cut after 80 characters
    @Override
    public @Nullable String getMessage() {
        if (index < 0) {
            return super.getMessage();
        }
        String why = super.getMessage();
        return "item " + index + " (" + text() + ") failed"
                + (attempts > 1 ? " after " + attempts + " attempts" : "")
                + (worker.isEmpty() ? "" : " on " + worker)
                + (why == null ? "" : ": " + why);
    }

    private String text() {
        String made = text;
        if (made == null) {
            made = Text.of(item);
            text = made;
        }
        return made;
    }

    @Serial
    private void writeObject(ObjectOutputStream out) throws IOException {
        text();
        out.defaultWriteObject();
    }

    /// {@return the position of the item in the input, from 0, or -1 for a task without an item}
    public long index() {
        return index;
    }

    /// {@return the item, or `null` when there is none or this exception was deserialized}
    public @Nullable Object item() {
        return item;
    }

    /// {@return how often the item was started}
    public int attempts() {
        return attempts;
    }

    /// {@return the name of the worker that ran the last attempt, or the empty string when it is not known}
    public String worker() {
        return worker;
    }
}
