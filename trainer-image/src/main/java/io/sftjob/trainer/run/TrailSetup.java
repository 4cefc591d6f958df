package io.sftjob.trainer.run;

import io.sftjob.trainer.checkpoint.OpenedOutput;
import io.sftjob.trainer.config.RuntimeConfig;
import io.sftjob.trainer.data.PreparedData;
import io.sftjob.trainer.mlflow.MlflowSettings;
import io.sftjob.trainer.spec.RunSettings;
import io.sftjob.trainer.trail.RunFacts;
import java.util.Optional;

/**
 * What a trail needs to know before the first step.
 *
 * @param rowLength tokens that a row has room for
 * @param mlflow the server to tell, if any
 */
record TrailSetup(RunFacts facts, long rowLength, Optional<MlflowSettings> mlflow) {
  static TrailSetup of(
      RunSettings settings,
      OpenedOutput opened,
      PreparedData data,
      long totalSteps,
      RuntimeConfig config) {
    var facts = Facts.of(settings, opened, data, totalSteps, config);
    return new TrailSetup(facts, data.maxLength(), mlflow(settings, config));
  }

  private static Optional<MlflowSettings> mlflow(RunSettings settings, RuntimeConfig config) {
    var spec = settings.spec();
    return Optional.ofNullable(spec.mlflowUri())
        .map(
            uri ->
                new MlflowSettings(
                    uri,
                    spec.mlflowExperiment(),
                    Optional.ofNullable(spec.mlflowRunName()).orElse(settings.jobName()),
                    config.mlflowToken()));
  }
}
