package io.sftjob.operator.testing;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.api.v1alpha1.SFTJobStatus;

/** SFTJobs for tests. */
public final class Specs {
  public static final String UID = "11111111-2222-3333-4444-555555555555";

  /** The least that a spec needs. */
  public static final String MINIMAL =
      """
      model: {uri: pvc://models/tiny}
      dataset: {train: {uri: pvc://data/train.jsonl}}
      output: {uri: pvc://runs/demo}
      """;

  private Specs() {}

  /** A job of generation 1 as the API server would give it. */
  public static SFTJob job(String name, String spec) {
    var job = parse(name, spec);
    job.setMetadata(
        new ObjectMetaBuilder(job.getMetadata())
            .withNamespace("team-a")
            .withUid(UID)
            .withGeneration(1L)
            .build());
    return job;
  }

  public static SFTJob minimal() {
    return job("demo", MINIMAL);
  }

  public static SFTJob with(SFTJob job, SFTJobStatus status) {
    job.setStatus(status);
    return job;
  }

  /** A job as a user would write it. */
  public static SFTJob parse(String name, String spec) {
    return Serialization.unmarshal(yaml(name, spec), SFTJob.class);
  }

  public static String yaml(String name, String spec) {
    return """
        apiVersion: sftjob.io/v1alpha1
        kind: SFTJob
        metadata: {name: %s}
        spec:
        %s
        """
        .formatted(name, spec.indent(2));
  }
}
