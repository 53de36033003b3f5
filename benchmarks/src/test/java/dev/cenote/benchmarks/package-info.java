@NullMarked
package dev.cenote.benchmarks;

import org.jspecify.annotations.NullMarked;
