/// The `cenote` command: maps lines or numbers over the workers of a pool.
///
/// {@link dev.cenote.cli.Main} parses the arguments, {@link dev.cenote.cli.Expression} compiles the function,
/// {@link dev.cenote.cli.Input} reads items, {@link dev.cenote.cli.MapRun} joins them over a pool and
/// {@link dev.cenote.cli.Output} writes what comes back.
@NullMarked
package dev.cenote.cli;

import org.jspecify.annotations.NullMarked;
