/// The dispatcher: everything about a pool that a user can observe, written once for all engines.
///
/// A {@link dev.cenote.internal.dispatch.Dispatcher} owns one pool's workers and their queue of {@link
/// dev.cenote.internal.dispatch.Unit}s. A unit is a submitted {@link dev.cenote.internal.dispatch.Task} or a
/// {@link dev.cenote.internal.dispatch.Runner}, which takes pieces of a {@link dev.cenote.internal.dispatch.Call}
/// until none is left. Which thread may speak for an item is decided by the lease in {@link
/// dev.cenote.internal.dispatch.WorkerContext}.
package dev.cenote.internal.dispatch;
