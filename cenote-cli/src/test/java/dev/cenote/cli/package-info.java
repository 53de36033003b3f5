@NullMarked
package dev.cenote.cli;

import org.jspecify.annotations.NullMarked;
