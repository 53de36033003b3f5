// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Argument files of the `java` launcher.
///
/// A class path does not fit on every command line: Linux takes 128 KB in one argument or variable, Windows 32,767
/// characters in all. A file has no limit, and hides from `ps` what properties say.
final class ArgFile {

    private ArgFile() {}

    /// Writes arguments, each in quotes, since a space, a `#` or a quote in a path would end it otherwise.
    ///
    /// @param file a file in a folder that nobody else may read
    /// @param arguments the arguments
    /// @param charset that of the launcher
    /// @throws IOException if an argument cannot be written in that charset; the launcher would read another one
    static void write(Path file, List<String> arguments, Charset charset) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String argument : arguments) {
            quote(text, argument);
        }
        ByteBuffer bytes;
        try {
            bytes = charset.newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IOException(refusal(arguments, charset), e);
        }
        byte[] content = new byte[bytes.remaining()];
        bytes.get(content);
        try {
            Files.write(file, content);
        } catch (IOException e) {
            Files.deleteIfExists(file); // half of it would be taken for the whole, once there is room again
            throw e;
        }
    }

    private static String refusal(List<String> arguments, Charset charset) {
        String culprit = "";
        for (String argument : arguments) {
            if (!charset.newEncoder().canEncode(argument)) {
                int at = 0;
                while (at < argument.length()
                        && charset.newEncoder().canEncode(Character.toString(argument.codePointAt(at)))) {
                    at = argument.offsetByCodePoints(at, 1);
                }
                culprit = argument.substring(Math.max(0, at - 100), Math.min(argument.length(), at + 50));
                break;
            }
        }
        return "a worker cannot be started: its java command reads arguments in " + charset + ", in which"
                + " this cannot be written: " + culprit + " (set LC_ALL to a UTF-8 locale such as C.UTF-8, or use paths"
                + " and properties without such characters)";
    }

    private static void quote(StringBuilder text, String argument) {
        text.append('"');
        for (int i = 0; i < argument.length(); i++) {
            char c = argument.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\f' -> text.append("\\f");
                default -> text.append(c);
            }
        }
        text.append("\"\n");
    }
}
