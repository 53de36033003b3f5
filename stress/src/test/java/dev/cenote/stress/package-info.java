/// Seeded random use of the public API by several threads, with the pool shut down under them.
@NullMarked
package dev.cenote.stress;

import org.jspecify.annotations.NullMarked;
