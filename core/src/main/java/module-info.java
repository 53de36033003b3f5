/// Pools for the JVM: one {@link dev.cenote.Pool} whose tasks run on the calling thread, on platform threads, on
/// virtual threads or in child JVMs.
///
/// Only {@code dev.cenote} is exported; everything below {@code dev.cenote.internal} may change without notice.
@org.jspecify.annotations.NullMarked
module dev.cenote {
    requires java.management;
    requires jdk.jfr;
    requires jdk.net;
    requires static org.jspecify;

    exports dev.cenote;
}
