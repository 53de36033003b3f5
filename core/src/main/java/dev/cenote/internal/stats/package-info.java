/// Counting what pools do: counters, histograms and the slowest items.
package dev.cenote.internal.stats;
