// SPDX-License-Identifier: Apache-2.0
package dev.cenote.cli;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.SimpleJavaFileObject;

/// A compilation unit in memory that holds the text of the user between two pieces of ours, so that a position in
/// the unit maps to a place in the text, or to an import.
///
/// What comes before the text has no line breaks, so the lines of the unit, which stack traces show, are its
/// lines. What comes after it begins with one, so that the text may end with a comment.
final class SourceText extends SimpleJavaFileObject {

    /// What stack traces call the file.
    static final String NAME = "expression";

    private final List<String> imports;
    private final String text;
    private final String unit;

    /// Where the text begins in the unit.
    private final int start;

    /// @param imports what follows `import`, one each; they come first
    /// @param before our code before the text; without line breaks
    /// @param text the text of the user
    /// @param after our code after the text
    SourceText(List<String> imports, String before, String text, String after) {
        super(URI.create("mem:///" + NAME), Kind.SOURCE);
        this.imports = imports;
        this.text = text;
        String head = imports.stream().map(SourceText::statement).collect(Collectors.joining()) + before;
        this.start = head.length();
        this.unit = head + text + "\n" + after;
    }

    private static String statement(String name) {
        return "import " + name + "; ";
    }

    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
        return true;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return unit;
    }

    /// {@return where in the text a position of the unit is; negative before it, its length behind it}
    int offset(long position) {
        return Math.clamp(position - start, -1, text.length());
    }

    /// {@return the import at a position of the unit, or the empty string}
    String importAt(long position) {
        long end = 0;
        for (String name : imports) {
            end += statement(name).length();
            if (position < end) {
                return name;
            }
        }
        return "";
    }

    /// Shows a place in the text as compilers do: the line, and a caret below the place.
    ///
    /// @param offset the place
    /// @param headline what is wrong there
    /// @return four lines: `expression:LINE:COLUMN: error: headline`, the line, the caret
    String point(int offset, String headline) {
        int lineStart = text.lastIndexOf('\n', offset - 1) + 1;
        int lineEnd = text.indexOf('\n', offset);
        String line = text.substring(lineStart, lineEnd < 0 ? text.length() : lineEnd);
        String indent = line.substring(0, offset - lineStart).replaceAll("[^\t]", " ");
        long number =
                text.substring(0, lineStart).chars().filter(c -> c == '\n').count() + 1;
        int column = text.codePointCount(lineStart, offset) + 1;
        return NAME + ":" + number + ":" + column + ": error: " + headline + "\n  " + line + "\n  " + indent + "^";
    }
}
