// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.codec;

import dev.cenote.internal.wire.WireReader;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serial;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A lambda or method reference in a stream of `java.io`, in the place of the JDK's `SerializedLambda`.
final class LambdaRef implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    private transient LambdaSite.@Nullable Use use;

    /// The site in bytes, for writing.
    private final transient byte @Nullable [] site;

    LambdaRef(LambdaSite.Use use, byte[] site) {
        this.use = use;
        this.site = site;
    }

    @Serial
    private void writeObject(ObjectOutputStream out) throws IOException {
        LambdaSite.Use sent = Objects.requireNonNull(use);
        out.writeObject(sent.captured);
        out.writeObject(sent.site.capturing());
        byte[] bytes = Objects.requireNonNull(site);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    @Serial
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        @Nullable Object[] captured = (@Nullable Object[]) in.readObject();
        Class<?> capturing = (Class<?>) in.readObject();
        WireReader block = new WireReader(ShipIn.readBlock(in));
        use = new LambdaSite.Use(LambdaSite.read(block, capturing), captured);
    }

    @Serial
    private Object readResolve() throws IOException {
        LambdaSite.Use read = Objects.requireNonNull(use);
        return Lambdas.restore(read.site, read.captured);
    }
}
