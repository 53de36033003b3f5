// SPDX-License-Identifier: Apache-2.0

@NullMarked
package dev.cenote.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
