// SPDX-License-Identifier: Apache-2.0
/// Examples of what a pool is for: each class is a program in a single file that can be run as it is.
@NullMarked
package dev.cenote.examples;

import org.jspecify.annotations.NullMarked;
