/// Child JVMs as processes: the command line of a worker, its start, its output, its end and what that end means.
/// Knows nothing of tasks or of the channel.
package dev.cenote.internal.launch;
