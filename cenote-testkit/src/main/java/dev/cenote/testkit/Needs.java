// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Skips a test on engines that lack a trait; the reason goes into the report.
///
/// @since 0.1
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Needs {

    /// {@return the traits without which the test has no meaning}
    Trait[] value();

    /// {@return why, where the trait's own words do not say it; empty for {@link Trait#without()}}
    String because() default "";
}
