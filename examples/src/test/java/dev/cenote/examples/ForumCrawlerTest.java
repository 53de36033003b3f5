// SPDX-License-Identifier: Apache-2.0
package dev.cenote.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cenote.Pool;
import dev.cenote.examples.ForumCrawler.Forum;
import dev.cenote.examples.ForumCrawler.Subject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ForumCrawlerTest {

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "virtual"})
    void crawl_updatesEachSubjectInPlace(String engine) throws IOException {
        try (Pool pool = Pool.of(engine);
                Forum forum = new Forum(Duration.ofMillis(1))) {
            List<Subject> subjects = forum.subjects(60);
            ForumCrawler.crawl(pool, subjects);
            assertThat(subjects).allMatch(Subject::upToDate);
            for (int id = 0; id < subjects.size(); id++) {
                assertThat(subjects.get(id).messages()).isEqualTo(allMessages(id));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"serial", "threads", "processes"})
    void crawlByCopies_putsWhatCameBackInPlace(String engine) throws IOException {
        try (Pool pool = Pool.of(engine);
                Forum forum = new Forum(Duration.ofMillis(1))) {
            List<Subject> subjects = new ArrayList<>(forum.subjects(30));
            assertThat(ForumCrawler.crawlByCopies(pool, subjects)).isEqualTo(4);
            assertThat(subjects).allMatch(Subject::upToDate);
            for (int id = 0; id < subjects.size(); id++) {
                assertThat(subjects.get(id).messages()).isEqualTo(allMessages(id));
            }
        }
    }

    @Test
    void forEachOnProcesses_leavesTheObjectsHereAsTheyWere() throws IOException {
        try (Pool pool = Pool.processes(2);
                Forum forum = new Forum(Duration.ofMillis(1))) {
            List<Subject> subjects = forum.subjects(10);
            pool.forEach(subjects, Subject::update);
            assertThat(forum.requests()).isEqualTo(10);
            assertThat(subjects).noneMatch(Subject::isStarted);
        }
    }

    @Test
    void crawl_goesOnUntilNothingIsStale() throws IOException {
        try (Pool pool = Pool.threads(8);
                Forum forum = new Forum(Duration.ofMillis(1))) {
            // subject 20 has three pages and is refused once, hence four rounds
            assertThat(ForumCrawler.crawl(pool, forum.subjects(30))).isEqualTo(4);
            int pages = IntStream.range(0, 30).map(Forum::pages).sum();
            assertThat(forum.requests()).isEqualTo(pages + 3);
        }
    }

    @Test
    void crawl_ofUpToDateSubjects_asksNothing() throws IOException {
        try (Pool pool = Pool.threads(2);
                Forum forum = new Forum(Duration.ofMillis(1))) {
            assertThat(ForumCrawler.crawl(pool, List.of())).isZero();
            assertThat(forum.requests()).isZero();
        }
    }

    @Test
    void crawl_makesAsManyRequestsAtATimeAsThereAreWorkers() throws IOException {
        assertThat(peakOf(Pool.serial())).isEqualTo(1);
        assertThat(peakOf(Pool.threads(8))).isBetween(2, 8);
        assertThat(peakOf(Pool.virtual(16))).isBetween(2, 16);
        assertThat(peakOf(Pool.virtual())).isBetween(2, 40);
    }

    @Test
    void program_printsTheTable() throws Exception {
        List<String> lines = Program.run(ForumCrawler.class, "200", "5");
        assertThat(lines).hasSize(10);
        assertThat(lines.get(0)).isEqualTo("a forum of 200 subjects that takes 5 ms for a request");
        assertThat(lines.get(1)).startsWith("engine     workers  subjects  rounds  requests ");
        // 10 subjects of which one is refused, then 200 of which 20 are
        assertThat(lines.get(2)).matches("serial +1 +10 +3 +20 .* 1");
        assertThat(lines.get(3)).matches("threads +2 +10 +3 +20 .* [12]");
        assertThat(lines.get(4)).matches("threads +16 +200 +4 +419 .*");
        assertThat(lines.get(5)).matches("threads +64 +200 +4 +419 .*");
        assertThat(lines.get(6)).matches("virtual +256 +200 +4 +419 .*");
        assertThat(lines.get(7)).matches("virtual +no limit +200 +4 +419 .*");
        assertThat(lines.get(8)).matches("processes +2 +10 +3 +20 .* [12]");
        assertThat(lines.get(9))
                .isEqualTo("forEach on processes asked the forum 10 times and updated 0 of 10 subjects here");
    }

    private static List<String> allMessages(int subject) {
        return IntStream.rangeClosed(1, Forum.pages(subject))
                .mapToObj(page -> Forum.messages(subject, page))
                .flatMap(List::stream)
                .toList();
    }

    private static int peakOf(Pool pool) throws IOException {
        try (pool;
                Forum forum = new Forum(Duration.ofMillis(20))) {
            ForumCrawler.crawl(pool, forum.subjects(40));
            return forum.peak();
        }
    }
}
