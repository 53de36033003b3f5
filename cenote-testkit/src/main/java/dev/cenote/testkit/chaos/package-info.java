/// What pools do when things go wrong, ours and those of Python, as a table.
package dev.cenote.testkit.chaos;
