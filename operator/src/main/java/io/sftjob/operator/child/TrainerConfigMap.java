package io.sftjob.operator.child;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sftjob.api.v1alpha1.SFTJob;

/** The spec as the trainer reads it: one immutable copy for each execution. */
public final class TrainerConfigMap {
  static final String KEY = "sftjob.yaml";

  private TrainerConfigMap() {}

  public static ConfigMap desired(SFTJob job, int execution) {
    return new ConfigMapBuilder()
        .withMetadata(Children.metadata(job, execution))
        .withImmutable(true)
        .addToData(KEY, Serialization.asYaml(document(job)))
        .build();
  }

  private static SFTJob document(SFTJob job) {
    var document = new SFTJob();
    document.setMetadata(
        new ObjectMetaBuilder()
            .withName(job.getMetadata().getName())
            .withNamespace(job.getMetadata().getNamespace())
            .withUid(job.getMetadata().getUid())
            .build());
    document.setSpec(job.getSpec());
    return document;
  }
}
