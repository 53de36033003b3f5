// SPDX-License-Identifier: Apache-2.0
package dev.cenote.testkit.internal;

import dev.cenote.testkit.EngineUnderTest;
import dev.cenote.testkit.Needs;
import dev.cenote.testkit.Trait;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// Skips the tests whose traits the engine lacks.
public final class NeededTraits implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return context.getTestMethod()
                .flatMap(method -> AnnotationSupport.findAnnotation(method, Needs.class))
                .map(needs -> evaluate(needs, ((HasEngine) context.getRequiredTestInstance()).engine()))
                .orElseGet(() -> ConditionEvaluationResult.enabled("needs no trait"));
    }

    private static ConditionEvaluationResult evaluate(Needs needs, EngineUnderTest engine) {
        for (Trait trait : needs.value()) {
            if (!engine.has(trait)) {
                String reason = needs.because().isEmpty() ? trait.without() : needs.because();
                return ConditionEvaluationResult.disabled(reason);
            }
        }
        return ConditionEvaluationResult.enabled("the engine has what it needs");
    }
}
