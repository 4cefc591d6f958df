package io.sftjob.operator.child;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.sftjob.api.v1alpha1.SFTJob;
import java.util.Map;

/** What all children of an SFTJob have in common. */
public final class Children {
  /** Argo CD need not look at each change of a running Job. */
  static final Map<String, String> ANNOTATIONS =
      Map.of("argocd.argoproj.io/ignore-resource-updates", "true");

  private Children() {}

  /** The name of the Job of an execution, and of its ConfigMap. */
  public static String name(SFTJob job, int execution) {
    return job.getMetadata().getName() + "-" + execution;
  }

  /** True if that very SFTJob owns the child. */
  public static boolean owns(SFTJob job, HasMetadata child) {
    return child.getMetadata().getOwnerReferences().stream()
        .anyMatch(o -> job.getMetadata().getUid().equals(o.getUid()));
  }

  static ObjectMeta metadata(SFTJob job, int execution) {
    return new ObjectMetaBuilder()
        .withName(name(job, execution))
        .withNamespace(job.getMetadata().getNamespace())
        .withLabels(Labels.of(job, execution))
        .withAnnotations(ANNOTATIONS)
        .addNewOwnerReference()
        .withApiVersion(SFTJob.API_VERSION)
        .withKind(SFTJob.KIND)
        .withName(job.getMetadata().getName())
        .withUid(job.getMetadata().getUid())
        .withController(true)
        .withBlockOwnerDeletion(true)
        .endOwnerReference()
        .build();
  }
}
