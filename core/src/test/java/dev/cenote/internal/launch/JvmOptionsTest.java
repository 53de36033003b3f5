// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class JvmOptionsTest {

    private static List<String> parsed(String... arguments) {
        return JvmOptions.fromCommandLine(List.of(arguments));
    }

    @Test
    void commandLine_endsWithTheMainClass() {
        assertThat(parsed("java", "-cp", "a:b", "-Da=-jar", "-ea", "Main", "-Dnot=this", "@nor"))
                .containsExactly("-Da=-jar", "-ea");
        assertThat(parsed("java", "-Xmx1g", "-jar", "app.jar", "-Dnot=this")).containsExactly("-Xmx1g");
        assertThat(parsed("java", "-p", "mods", "-m", "app/app.Main", "-Dnot=this"))
                .containsExactly("--module-path=mods");
        assertThat(parsed("java", "--module=app/app.Main", "-Dnot=this")).isEmpty();
    }

    @Test
    void commandLine_joinsOptionAndValue() {
        assertThat(parsed("java", "--add-opens", "java.base/java.lang=ALL-UNNAMED", "--add-modules", "a,b", "Main"))
                .containsExactly("--add-opens=java.base/java.lang=ALL-UNNAMED", "--add-modules=a,b");
        assertThat(parsed("java", "--enable-preview", "--source", "25", "Main.java"))
                .containsExactly("--enable-preview", "--source=25");
    }

    @Test
    void commandLine_thatDoesNotTellAll_isNotUsed() {
        assertThat(parsed("java", "@options", "Main")).isNull();
        assertThat(parsed("java", "-cp", "a", "@options", "Main")).isNull();
        assertThat(parsed("java", "-XX:Flags=file", "Main")).isNull();
        assertThat(parsed("java", "-XX:VMOptionsFile=file", "Main")).isNull();
        assertThat(parsed("java", "--new-option", "Main")).isNull();
        assertThat(parsed("native-launcher")).isNull();
        assertThat(JvmOptions.fromCommandLine(null)).isNull();
    }

    @Test
    void ownOptions_areThoseOfTheBean() {
        assertThat(JvmOptions.own()).isEqualTo(JvmOptions.fromBean());
    }

    @Test
    void program_isInherited() {
        List<String> options = List.of(
                "-Dapp.mode=test",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-exports=java.base/sun.security.x509=ALL-UNNAMED",
                "--add-reads=a=b",
                "--add-modules=java.sql",
                "--limit-modules=java.base",
                "--enable-native-access=ALL-UNNAMED",
                "--illegal-native-access=deny",
                "--enable-preview",
                "-ea",
                "-ea:app...",
                "-da:app.Quick",
                "-esa");
        assertThat(JvmOptions.inherited(options)).isEqualTo(options);
    }

    @Test
    void whatServesOneProcess_isNot() {
        assertThat(JvmOptions.inherited(List.of(
                        "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
                        "-agentpath:/profiler.so",
                        "-javaagent:jacoco.jar",
                        "-Xrunjdwp:transport=dt_socket",
                        "-Xdebug",
                        "-Xmx4g",
                        "-Xms4g",
                        "-Xlog:gc:file=gc.log",
                        "-Xss4m",
                        "-XX:+UseZGC",
                        "-XX:StartFlightRecording=filename=app.jfr",
                        "-XX:HeapDumpPath=dump",
                        "-Dcom.sun.management.jmxremote.port=9999",
                        "-Djava.rmi.server.hostname=host",
                        "-Djdk.serialFilter=!*",
                        "-Djdk.module.main=app",
                        "-Djava.class.path=x",
                        "-Djava.io.tmpdir=/elsewhere",
                        "-Dstdout.encoding=IBM437",
                        "--add-modules=ALL-DEFAULT")))
                .isEmpty();
    }

    @Test
    void paths_becomeAbsolute() {
        String here = Path.of("").toAbsolutePath().toString();
        String s = File.pathSeparator;
        assertThat(JvmOptions.absolutePaths("a" + s + s + here))
                .isEqualTo(here + File.separator + "a" + s + here + s + here);
        assertThat(JvmOptions.inherited(List.of(
                        "--module-path=mods", "--patch-module=app=patch" + s + "more", "--upgrade-module-path=up")))
                .containsExactly(
                        "--module-path=" + Path.of("mods").toAbsolutePath(),
                        "--patch-module=app=" + Path.of("patch").toAbsolutePath() + s
                                + Path.of("more").toAbsolutePath(),
                        "--upgrade-module-path=" + Path.of("up").toAbsolutePath());
    }
}
