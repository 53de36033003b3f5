// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;

/// What the two sides say to each other. A class name is the number of a loader as a count and the name as a text.
///
/// A prelude is records until its end:
///
/// ```
/// LOADER  u8 1 | number | number of the parent | u8 kind | u8 flags | label | n x place
/// CLASS   u8 2 | number of the loader | name | code source, or "" | bytes
/// ```
///
/// A request is a byte, the number of a loader, and a name, which is empty when the loader itself is asked for. Its
/// answer is a byte and:
///
/// ```
/// NOT_FOUND  0 | why
/// CLASS      1 | code source, or "" | bytes
/// ELSEWHERE  2 | number of the loader that defines it | a prelude that says who that is, or nothing
/// RESOURCES  3 | n x bytes
/// LOADERS    4 | number of the loader | a prelude that says who that is
/// ```
final class Protocol {

    static final int LOADER = 1;
    static final int CLASS = 2;

    static final int ASK_CLASS = 1;
    static final int ASK_RESOURCES = 2;
    static final int ASK_LOADER = 3;

    static final int NOT_FOUND = 0;
    static final int FOUND_CLASS = 1;
    static final int ELSEWHERE = 2;
    static final int RESOURCES = 3;
    static final int LOADERS = 4;

    /// A flag of a loader: classes of this library come from the process's own.
    static final int SEES_LIBRARY = 1;

    /// A flag of a loader: its classes may be replaced, so that what is not there now may be there later.
    static final int CHANGES = 2;

    /// A flag of a loader: it is jshell's, whose variables are static fields.
    static final int JSHELL = 4;

    /// The class file format allows no longer name.
    private static final int LONGEST_NAME = 65_535;

    private Protocol() {}

    static void putName(WireWriter out, int loader, String name) {
        out.putCount(loader);
        out.putText(name);
    }

    static int getId(WireReader in) throws CorruptFrameException {
        long id = in.getCount();
        if (id > Integer.MAX_VALUE) {
            throw new CorruptFrameException("number " + id + " for a class loader");
        }
        return (int) id;
    }

    static String getName(WireReader in) throws CorruptFrameException {
        String name = in.getText();
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            throw new CorruptFrameException("a class name of " + name.length() + " characters");
        }
        return name;
    }

    static byte[] request(int kind, int loader, String name) {
        WireWriter out = new WireWriter(64);
        out.putByte(kind);
        out.putCount(loader);
        out.putText(name);
        return out.toByteArray();
    }

    static byte[] notFound(String why) {
        WireWriter out = new WireWriter(64);
        out.putByte(NOT_FOUND);
        out.putText(why);
        return out.toByteArray();
    }
}
