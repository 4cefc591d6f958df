package io.sftjob.operator.child;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.sftjob.api.v1alpha1.EffectiveSpec;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.config.Settings;

/**
 * The one child Job of an execution. Created once and never changed: Kueue owns it from then on.
 */
public final class TrainerJob {
  private TrainerJob() {}

  public static Job desired(SFTJob job, int execution, Settings.Trainer settings) {
    return new JobBuilder()
        .withMetadata(Children.metadata(job, execution))
        .withNewSpec()
        .withParallelism(1)
        .withCompletions(1)
        .withBackoffLimit(EffectiveSpec.of(job.getSpec()).backoffLimit())
        // One trainer at a time: the next pod starts when the last has ended, not when it is told
        // to.
        .withPodReplacementPolicy("Failed")
        .withPodFailurePolicy(FailurePolicy.rules())
        .withTemplate(TrainerPod.template(job, execution, settings))
        .endSpec()
        .build();
  }
}
