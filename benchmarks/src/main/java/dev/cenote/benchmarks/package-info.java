/// JMH benchmarks: one class for each question, its rivals and its bars beside it, and the report over their
/// results.
@NullMarked
package dev.cenote.benchmarks;

import org.jspecify.annotations.NullMarked;
