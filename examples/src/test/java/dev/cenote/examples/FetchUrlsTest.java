// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cenote.Pool;
import dev.cenote.TaskException;
import dev.cenote.examples.FetchUrls.Page;
import dev.cenote.examples.FetchUrls.Site;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FetchUrlsTest {

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual", "processes"})
    void fetchAll_keepsTheOrder(String engine) throws IOException {
        try (Pool pool = Pool.of(engine);
                Site site = new Site(Duration.ofMillis(1))) {
            List<URI> urls = site.urls(12);
            List<Page> pages = FetchUrls.fetchAll(pool, urls);
            assertThat(pages).extracting(Page::url).isEqualTo(urls);
            assertThat(pages.getFirst().text()).isEqualTo("This is /page0");
            assertThat(pages.getLast().text()).isEqualTo("This is /page11");
        }
    }

    @Test
    void fetchAll_serially_oneRequestAtATime() throws IOException {
        assertThat(peakOf(Pool.serial())).isEqualTo(1);
    }

    @Test
    void fetchAll_inParallel_severalRequestsAtATime() throws IOException {
        assertThat(peakOf(Pool.threads(4))).isBetween(2, 4);
        assertThat(peakOf(Pool.virtual())).isBetween(2, 16);
        assertThat(peakOf(Pool.processes(2))).isBetween(1, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"threads", "processes"})
    void fetch_ofMissingPage_fails(String engine) throws IOException {
        try (Pool pool = Pool.of(engine);
                Site site = new Site(Duration.ofMillis(1))) {
            List<URI> urls = List.of(site.url("page1"), site.url("missing"));
            assertThatThrownBy(() -> FetchUrls.fetchAll(pool, urls))
                    .isInstanceOf(TaskException.class)
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasMessage("status 404 from /missing");
        }
    }

    @Test
    void program_printsTheRowsAndTheMissingPage() throws Exception {
        List<String> lines = Program.run(FetchUrls.class, "12", "20");
        assertThat(lines).hasSize(9);
        assertThat(lines.get(0)).isEqualTo("12 pages, 20 ms each");
        assertThat(lines.get(1)).startsWith("serial ").endsWith(" 1 requests at a time");
        assertThat(lines.get(2)).startsWith("threads(4) ").contains(" 12 pages ");
        assertThat(lines.get(3)).startsWith("threads(16) ").contains(" 12 pages ");
        assertThat(lines.get(4)).startsWith("processes(4) ").contains(" 12 pages ");
        assertThat(lines.get(5)).startsWith("virtual ").contains(" 12 pages ");
        assertThat(lines.subList(6, 9))
                .containsExactly(
                        "/page0: This is /page0", "/missing: status 404 from /missing", "/page1: This is /page1");
    }

    private static int peakOf(Pool pool) throws IOException {
        try (pool;
                Site site = new Site(Duration.ofMillis(50))) {
            FetchUrls.fetchAll(pool, site.urls(16));
            return site.peak();
        }
    }
}
