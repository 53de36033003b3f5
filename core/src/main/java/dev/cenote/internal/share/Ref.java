// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.codec.Handle;

/// What stands for a shared object on its way to another process.
///
/// @param home where the object lives
/// @param id its number there
public record Ref(Address home, long id) implements Handle {}
