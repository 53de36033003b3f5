// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Closing and deleting where a failure could neither be mended nor matter, and the two ways in which a channel ends.
final class Quiet {

    private Quiet() {}

    static void close(@Nullable AutoCloseable resource) {
        if (resource == null) {
            return;
        }
        try {
            resource.close();
        } catch (Exception e) {
            // it is of no use any more, and nobody waits for it
        }
    }

    static void delete(@Nullable Path path) {
        if (path == null) {
            return;
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // it lies in a private folder, which is removed later
        }
    }

    static IOException closed() {
        return new ClosedChannelException();
    }

    static IOException gone(@Nullable IOException cause) {
        return new IOException("the other side of the channel is gone", cause);
    }
}
