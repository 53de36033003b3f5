// SPDX-License-Identifier: Apache-2.0
package dev.cenote.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// A build of today and one of next year use the same versions.
class PomTest {
    private static final List<String> VERSIONED = List.of("dependency", "plugin", "path", "extension");
    private static final Pattern FLOATING = Pattern.compile("LATEST|RELEASE|[\\[(].*|.*,.*");

    private final Repository repository = Repository.current();

    @Test
    void everyVersion_isPinned() throws Exception {
        Set<String> managed = managed();
        List<String> errors = new ArrayList<>();
        for (Path pom : repository.files("pom.xml")) {
            for (Element artifact : artifacts(parse(pom))) {
                String version = child(artifact, "version");
                if (FLOATING.matcher(version).matches()) {
                    errors.add(repository.name(pom) + ": " + name(artifact) + " floats: " + version);
                }
                if (version.isEmpty() && !managed.contains(name(artifact))) {
                    errors.add(repository.name(pom) + ": " + name(artifact) + " has no version");
                }
            }
        }

        assertThat(errors).isEmpty();
    }

    /// What the root gives a version to; the JUnit artifacts come with its bill of materials.
    private Set<String> managed() throws Exception {
        Set<String> managed = new HashSet<>(Set.of("dependency junit-jupiter", "dependency junit-jupiter-api"));
        for (Element artifact : artifacts(parse(repository.root().resolve("pom.xml")))) {
            if (!child(artifact, "version").isEmpty()) {
                managed.add(name(artifact));
            }
        }
        return managed;
    }

    private static Document parse(Path pom) throws ParserConfigurationException, IOException, SAXException {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
    }

    private static List<Element> artifacts(Document pom) {
        return VERSIONED.stream()
                .flatMap(tag -> elements(pom.getElementsByTagName(tag)).stream())
                .filter(element -> !child(element, "artifactId").isEmpty())
                .toList();
    }

    private static List<Element> elements(NodeList nodes) {
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(Element.class::isInstance)
                .map(Element.class::cast)
                .toList();
    }

    private static String child(Element parent, String tag) {
        return elements(parent.getChildNodes()).stream()
                .filter(element -> element.getTagName().equals(tag))
                .map(element -> element.getTextContent().strip())
                .findFirst()
                .orElse("");
    }

    private static String name(Element artifact) {
        return artifact.getTagName() + " " + child(artifact, "artifactId");
    }
}
