// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.classes;

import dev.cenote.internal.wire.CorruptFrameException;
import dev.cenote.internal.wire.WireReader;
import dev.cenote.internal.wire.WireWriter;
import java.io.IOException;

/// How two processes name classes that are not a pool and its worker: only those of the platform and the class path
/// have a name.
public final class PlainNames implements ClassNames {

    /// Creates it.
    public PlainNames() {}

    @Override
    public void write(WireWriter out, Class<?> type) {
        int id = switch (Origin.of(Origin.element(type))) {
            case SYSTEM -> Origin.SYSTEM_ID;
            case LIBRARY -> Origin.LIBRARY_ID;
            case CUSTOM ->
                throw new UnnamedClassException(
                        type, "is not on the class path, and the other process is no worker of the same pool");
        };
        Protocol.putName(out, id, type.getName());
    }

    @Override
    public Class<?> read(WireReader in) throws ClassNotFoundException, IOException {
        int id = Protocol.getId(in);
        String name = Protocol.getName(in);
        Class<?> primitive = id == Origin.SYSTEM_ID ? Class.forPrimitiveName(name) : null;
        if (primitive != null) {
            return primitive;
        }
        return switch (id) {
            case Origin.SYSTEM_ID -> Class.forName(name, false, ClassLoader.getSystemClassLoader());
            case Origin.LIBRARY_ID -> Class.forName(name, false, Origin.LIBRARY_LOADER);
            default -> throw new CorruptFrameException("class loader " + id + " of a process that is no worker");
        };
    }
}
