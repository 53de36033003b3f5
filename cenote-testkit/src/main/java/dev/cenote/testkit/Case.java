// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says which numbered cases of `docs/conformance.md` a test holds. Each number has one line there, which is its
/// title; the build fails when that table and these annotations differ.
///
/// @since 0.1
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Case {

    /// {@return the numbers}
    int[] value();
}
