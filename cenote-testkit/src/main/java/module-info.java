/// The conformance suite of Cenote: extend {@link dev.cenote.testkit.EngineConformance} with an engine, and JUnit
/// runs every promise of {@link dev.cenote.Pool} against it.
@org.jspecify.annotations.NullMarked
module dev.cenote.testkit {
    requires transitive dev.cenote;
    requires transitive org.junit.jupiter.api;
    requires java.logging;
    requires java.management;
    requires jdk.management;
    requires org.assertj.core;
    requires static transitive org.jspecify;

    exports dev.cenote.testkit;

    // JUnit calls the package-private tests by reflection
    opens dev.cenote.testkit;
    opens dev.cenote.testkit.contract;
}
