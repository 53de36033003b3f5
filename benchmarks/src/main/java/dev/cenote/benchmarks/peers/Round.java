// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

/// What a side says of one round.
///
/// @param samples what it measured, mostly nanoseconds; what each is depends on the operation, see [Work#numbers]
/// @param check a number that is made from the results, and the same for every side that did the work
@SuppressWarnings("ArrayRecordComponent") // thousands of numbers, which nobody compares or changes
record Round(double[] samples, double check) {}
