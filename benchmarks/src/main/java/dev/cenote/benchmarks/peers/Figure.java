// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

/// A number that a round gives. Of all of these less is better.
///
/// @param name what it is
/// @param unit its unit
record Figure(String name, String unit) {}
