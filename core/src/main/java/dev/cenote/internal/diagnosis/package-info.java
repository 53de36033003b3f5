/// Which variable cannot travel to another process, and by which path it is reached. Runs only on failure.
package dev.cenote.internal.diagnosis;
