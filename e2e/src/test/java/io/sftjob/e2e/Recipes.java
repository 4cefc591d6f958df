package io.sftjob.e2e;

import io.sftjob.e2e.install.JobSpace;

/** The SFTJobs of the tests, as a user would write them. */
final class Recipes {
  private Recipes() {}

  /**
   * A run that is long enough to be disturbed, with a checkpoint every {@code everySteps} steps.
   * The adapter that it makes depends on nothing but the steps.
   */
  static String job(JobSpace space, String name, int steps, int everySteps) {
    return """
    apiVersion: sftjob.io/v1alpha1
    kind: SFTJob
    metadata:
      name: %1$s
    spec:
      model:
        uri: %2$s
        dtype: Float32
      dataset:
        train: {uri: %3$s}
        evalFraction: "0.05"
      packing: {maxLength: 128}
      lora: {rank: 4}
      training:
        maxSteps: %4$d
        batchSize: 2
        learningRate: "1e-3"
      checkpoint: {everySteps: %5$d, keepLast: 3}
      output: {uri: %6$s}
      compute:
        resources:
          requests: {cpu: 200m, memory: 512Mi}
          limits: {cpu: "1", memory: 1Gi}
    """
        .formatted(
            name,
            space.uri("model.gguf"),
            space.uri("train.jsonl"),
            steps,
            everySteps,
            space.uri("out/" + name));
  }
}
