// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.remote;

import dev.cenote.WorkerDiedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The place of one worker that lives outside this JVM, as the thread that stands for it here uses it. When the worker
/// dies, the next use starts another in its place.
///
/// Requests are answered in the order in which they were sent. For one thread, except where something else is said.
public interface Remote {

    /// What {@link #receive} returns for a request that was taken back in time, or that the worker had not begun when
    /// it died; then [#death] tells of that, and no request is open any more.
    Object SKIPPED = new Object();

    /// How many workers may die with one request that they were sent and had not begun. The next is its own doing: what
    /// it brings with it may end a worker that only unpacks it.
    int MOST_SPARED = 2;

    /// Starts the worker if there is none. The initializer of the pool, if it has one, has run in it afterwards.
    ///
    /// @throws Exception if it cannot be started, or what its initializer has thrown
    void start() throws Exception;

    /// Sends one item, without waiting for its answer.
    ///
    /// @param task what to run
    /// @param index the position of the item, or -1
    /// @param attempt which attempt it is, from 1
    /// @param item the item
    /// @return the number of the request
    /// @throws Exception if the item cannot travel or the worker cannot be started; then nothing was sent
    int send(Shipment task, long index, int attempt, @Nullable Object item) throws Exception;

    /// Sends items of one call, in one message.
    ///
    /// @param task what to run
    /// @param index the position of the first
    /// @param items the items
    /// @param from where in the list the first is
    /// @param count how many, at most
    /// @return how many were sent: fewer if the worker may not take more now, or up to one that cannot travel
    /// @throws Exception if the worker cannot be started
    int sendAll(Shipment task, long index, List<?> items, int from, int count) throws Exception;

    /// Hands over what was sent; before that the worker may not see it.
    void flush();

    /// {@return whether [#flush] would not wait for the worker}
    boolean hasRoom();

    /// {@return a number that changes as the worker takes what [#flush] waits for it to take; for any thread}
    long moved();

    /// {@return whether the worker may be sent another item before it has answered all}
    boolean mayTakeMore();

    /// {@return the number of the last request that was sent; for any thread}
    int lastSent();

    /// Takes back the requests that the worker has not begun, at once, while another thread waits for their answers;
    /// each is answered in its turn by [#SKIPPED]. For any thread.
    ///
    /// @param number the number of the last of them
    /// @return the number of the last request that the worker has begun; less than 0 if that cannot be known, and then
    ///     nothing may be said to be taken back
    int takeBack(int number);

    /// Takes back the requests that the worker has not begun; each is answered in its turn by {@link #SKIPPED}. Some
    /// may run nevertheless, where no memory is shared with the worker.
    void skip();

    /// Runs a job and waits for its answer. No request may be open.
    ///
    /// @param job what to run
    /// @param interruptible whether an interrupt of the calling thread kills the worker and ends the wait with a
    ///     [java.util.concurrent.CancellationException] and the interrupt status set; otherwise it is ignored
    /// @return the result
    /// @throws Exception as [#receive] and [#send] do
    @Nullable
    Object run(Shipment job, boolean interruptible) throws Exception;

    /// Waits for the answer to the earliest request that has none.
    ///
    /// @return the result
    /// @throws Exception what the task has thrown; a [WorkerDiedException] if the worker has died, after which no
    ///     request is open any more
    @Nullable
    Object receive() throws Exception;

    /// Takes answers that are here already and hold simple values, in their order, up to the first that does not.
    ///
    /// @param into where to put the values; `null` to drop them
    /// @param at where the first goes
    /// @param most at most how many
    /// @return how many
    int receiveReady(@Nullable Object @Nullable [] into, int at, int most);

    /// Says that answers are taken many at a time, so that the wait for the next need not end as soon as it is there.
    void expectMany();

    /// {@return how many nanoseconds the worker was busy with the items that it has answered since the last call, by
    /// its own clock; 0 if it has said nothing}
    long takeBusyNanos();

    /// {@return how many requests were sent that have no answer}
    int pending();

    /// {@return a number that changes with each report of progress by the task that runs; for any thread}
    long reports();

    /// {@return what part of the task that runs is done, as far as it has said so; for any thread}
    double fraction();

    /// Is told that no request may come for a while: a worker that is to be replaced anyway ends now.
    void rest();

    /// Ends the worker, which has nothing to do: runs the exit function of the pool in it, and waits for its end, a
    /// short time at most.
    void leave();

    /// {@return how the last worker here has died, if [#receive] or [#run] has found it dead, which is what these have
    /// thrown if it had begun what they waited for; else `null`}
    @Nullable
    WorkerDiedException death();

    /// {@return whether a worker is there}
    boolean isAlive();

    /// {@return whether the next request goes to a worker that is there, so that it does not wait for a start}
    boolean isReady();

    /// Kills the worker if it has not left, and gives back what was opened for it. The last thing that the thread of
    /// this place does with it.
    void discard();

    /// Kills the worker and whatever it started, whatever it does. The thread that waits for its answer gets an
    /// exception, and no other worker is started here.
    ///
    /// @param why the rest of the sentence "the worker was killed: ..."
    /// @return the number of the last request that the worker has begun, also the last that it ever will; the number of
    ///     the last that was sent if that is not known
    int kill(String why);
}
