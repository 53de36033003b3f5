// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.dispatch;

/// The submitted jobs of a pool that wait to be started, and those who wait for their turn to submit another.
///
/// A job enters before the gate of the pool is opened for it, so that a pool that is shut down does not wait for those
/// who wait here, and leaves when somebody has begun or dropped it.
///
/// For any thread.
final class Backlog {

    private final int mostJobs;
    private final long mostBytes;

    private int jobs; // guarded by this
    private long bytes; // guarded by this
    private boolean shut; // guarded by this

    /// Creates an empty backlog.
    ///
    /// @param mostJobs how many jobs may wait; 0 for no limit
    /// @param mostBytes how many bytes they may hold; 0 for no limit
    Backlog(int mostJobs, long mostBytes) {
        this.mostJobs = mostJobs;
        this.mostBytes = mostBytes;
    }

    /// Waits until another job may enter, or the pool is shut.
    ///
    /// @param size the bytes of the job
    /// @throws InterruptedException if the thread is interrupted while it waits; then the job has not entered
    synchronized void enter(int size) throws InterruptedException {
        while (isFull(size) && !shut) {
            wait();
        }
        add(size);
    }

    /// {@return whether the job has entered, which it does unless it had to wait}
    synchronized boolean tryEnter(int size) {
        if (isFull(size)) {
            return false;
        }
        add(size);
        return true;
    }

    /// Lets a job enter however many there are.
    synchronized void force(int size) {
        add(size);
    }

    private boolean isFull(int size) {
        return (mostJobs > 0 && jobs >= mostJobs) || (mostBytes > 0 && jobs > 0 && bytes + size > mostBytes);
    }

    private void add(int size) {
        jobs++;
        bytes += size;
    }

    /// Notes that a job that has entered waits no more.
    synchronized void leave(int size) {
        jobs--;
        bytes -= size;
        notifyAll(); // they may wait for different amounts
    }

    /// Lets nobody wait any more.
    synchronized void shut() {
        shut = true;
        notifyAll();
    }
}
