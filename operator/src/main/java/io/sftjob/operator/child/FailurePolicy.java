package io.sftjob.operator.child;

import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicy;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRuleBuilder;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.operator.kube.Pods;
import java.util.Arrays;
import java.util.List;

/** Which ends of a pod cost a retry. Kubernetes takes the first rule that fits. */
final class FailurePolicy {
  /** A JVM that SIGTERM met before it could listen: asked to stop, too early to save anything. */
  private static final int TERMINATED = 143;

  private FailurePolicy() {}

  static PodFailurePolicy rules() {
    return new PodFailurePolicyBuilder()
        .withRules(
            new PodFailurePolicyRuleBuilder()
                .withAction("Ignore")
                .addNewOnPodCondition("True", "DisruptionTarget")
                .build(),
            exitCodes("FailJob", permanent()),
            // A deleted pod has no condition that tells it from a crashed one; its exit code does.
            exitCodes("Ignore", List.of(ExitCode.Preempted.code(), TERMINATED)))
        .build();
  }

  private static PodFailurePolicyRule exitCodes(String action, List<Integer> codes) {
    return new PodFailurePolicyRuleBuilder()
        .withAction(action)
        .withNewOnExitCodes()
        .withContainerName(Pods.TRAINER)
        .withOperator("In")
        .withValues(codes)
        .endOnExitCodes()
        .build();
  }

  private static List<Integer> permanent() {
    return Arrays.stream(ExitCode.values())
        .filter(ExitCode::permanent)
        .map(ExitCode::code)
        .sorted()
        .toList();
  }
}
