// SPDX-License-Identifier: Apache-2.0
/// Tests of the examples: what their pieces compute, and what they print when they are started as a reader would.
@NullMarked
package dev.cenote.examples;

import org.jspecify.annotations.NullMarked;
