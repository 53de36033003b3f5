// SPDX-License-Identifier: Apache-2.0
package dev.cenote.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The options of a channel, and the system property for them.
class ChannelOptionsTest {

    @AfterEach
    void clear() {
        System.clearProperty(ChannelOptions.PROPERTY);
    }

    @ParameterizedTest
    @CsvSource({"'',true,true", "socket,false,true", "tcp,true,false", "' tcp, socket',false,false"})
    void property_turnsWaysOff(String value, boolean sharedMemory, boolean unixSockets) {
        System.setProperty(ChannelOptions.PROPERTY, value);
        assertThat(ChannelOptions.defaults()).isEqualTo(new ChannelOptions(sharedMemory, unixSockets, 1 << 20));
    }

    @Test
    void unknownWord_isNamed() {
        System.setProperty(ChannelOptions.PROPERTY, "sokcet");
        assertThatThrownBy(ChannelOptions::defaults)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("system property dev.cenote.channel: expected socket, tcp or both, got 'sokcet'");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1000, 2048, 5000, 1 << 29, Integer.MIN_VALUE})
    void otherRingSizes_areRefused(int size) {
        assertThatThrownBy(() -> new ChannelOptions(true, true, size)).isInstanceOf(IllegalArgumentException.class);
    }
}
