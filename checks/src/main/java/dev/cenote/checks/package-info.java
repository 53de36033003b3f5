/// Gates over the whole repository: how the sources look, whether the documentation is true, what no file may
/// contain.
@NullMarked
package dev.cenote.checks;

import org.jspecify.annotations.NullMarked;
