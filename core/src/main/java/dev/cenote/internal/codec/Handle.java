// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import java.io.Serializable;

/// What stands for an object that stays where it is. Only this library makes any, and nothing of the sender's comes in
/// with one: so all filters let it pass.
public interface Handle extends Serializable {}
