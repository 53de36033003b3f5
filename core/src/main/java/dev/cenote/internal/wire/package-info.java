/// Bytes that cross between processes: writing and checked reading. It knows no tasks.
package dev.cenote.internal.wire;
