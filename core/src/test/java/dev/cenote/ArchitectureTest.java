// SPDX-License-Identifier: Apache-2.0
package dev.cenote;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The walls of the core: which types are public, and which rooms may know which.
class ArchitectureTest {

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.cenote");

    @Test
    void publicTypes_areThese() {
        Set<String> api = CORE.stream()
                .filter(type -> type.getPackageName().equals("dev.cenote"))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC) && type.isTopLevelClass())
                .map(type -> type.getSimpleName())
                .collect(Collectors.toSet());
        assertThat(api)
                .as("a new public type is a promise: add it here on purpose")
                .containsExactlyInAnyOrder(
                        "Action",
                        "Broadcast",
                        "BrokenPoolException",
                        "ChildProcess",
                        "Codec",
                        "Func",
                        "Func2",
                        "Futures",
                        "Job",
                        "Mapper",
                        "NotShippableException",
                        "Options",
                        "Outcome",
                        "Pipe",
                        "Pool",
                        "PoolConfig",
                        "PoolStats",
                        "ProcessOptions",
                        "Progress",
                        "Range",
                        "RemoteException",
                        "Results",
                        "SharedArray",
                        "SharedBarrier",
                        "SharedBytes",
                        "SharedCondition",
                        "SharedCounter",
                        "SharedDoubles",
                        "SharedEvent",
                        "SharedInts",
                        "SharedLock",
                        "SharedLongs",
                        "SharedObjectGoneException",
                        "SharedQueue",
                        "SharedSemaphore",
                        "TaskException",
                        "TaskTimeoutException",
                        "VoidJob",
                        "Worker",
                        "WorkerDiedException");
    }

    @Test
    void core_needsTheJdkOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.cenote..",
                        "java..",
                        "jdk.jfr..",
                        "jdk.net..",
                        "javax.crypto..",
                        "org.jspecify.annotations..")
                .because("the core artifact has no dependency that a user would have to agree with")
                .check(CORE);
    }

    @Test
    void rooms_haveNoCycles() {
        slices().matching("dev.cenote.internal.(*)..")
                .should()
                .beFreeOfCycles()
                .because("a room that needs another can be read after it")
                .check(CORE);
    }

    @Test
    void engines_knowNoSemantics() {
        noClasses()
                .that()
                .resideInAPackage("..internal.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..internal.dispatch..", "..internal.stats..", "..internal.events..")
                .because("everything a user can observe is written once, in the dispatcher")
                .check(CORE);
    }

    @Test
    void nothing_writesToStandardOutput() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.launch\\.Output(\\$.*)?")
                .should()
                .accessField(System.class, "out")
                .because("standard output belongs to the program; what workers print is its output too")
                .check(CORE);
    }

    @Test
    void standardError_isForTheProgressLine() {
        noClasses()
                .that()
                .doNotHaveSimpleName("ConsoleProgress")
                .and()
                .haveNameNotMatching(".*\\.launch\\.Output(\\$.*)?")
                .and()
                .doNotHaveSimpleName("WorkerMain")
                .should()
                .accessField(System.class, "err")
                .because("messages go to System.Logger; a worker's standard error is its log")
                .check(CORE);
    }

    @Test
    void nothing_runsOnTheCommonPool() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ForkJoinPool.class)
                .because("the common pool belongs to the program")
                .check(CORE);
        noClasses()
                .should()
                .callMethodWhere(
                        target(owner(assignableTo(CompletableFuture.class))).and(target(nameMatching(".*Async"))))
                .because("the Async methods of CompletableFuture run on the common pool")
                .check(CORE);
    }
}
