// SPDX-License-Identifier: Apache-2.0

/// Pools of processes against those of Python, in the same run on the same machine.
@NullMarked
package dev.cenote.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
