// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.share;

import dev.cenote.internal.codec.Handle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/// Where the shared objects of a process are called.
///
/// @param process a random number for the process
/// @param port a port of the loopback interface; 0 for a Unix-domain socket
/// @param path the path of that socket, or an empty string
/// @param token what a caller has to know, 64 hexadecimal digits
/// @param name what messages call the process
record Address(long process, int port, String path, String token, String name) implements Handle {

    boolean isThisProcess() {
        return process == Home.PROCESS;
    }

    boolean isTcp() {
        return port != 0;
    }

    SocketAddress socketAddress() throws IOException {
        return isTcp()
                ? new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)
                : UnixDomainSocketAddress.of(path);
    }

    /// The token is a secret.
    @Override
    public String toString() {
        return name + (isTcp() ? " at port " + port : " at " + path);
    }
}
