package io.sftjob.operator.child;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.sftjob.api.v1alpha1.ComputeSpec;
import java.math.RoundingMode;
import java.util.Optional;

/** What the trainer's container asks of its node. */
final class Resources {
  private static final String GPU = "nvidia.com/gpu";

  private Resources() {}

  static ResourceRequirements of(ComputeSpec compute) {
    var resources =
        compute.resources() == null
            ? new ResourceRequirementsBuilder()
            : new ResourceRequirementsBuilder(compute.resources());
    if (compute.gpus() != null && compute.gpus() > 0) {
      resources.addToLimits(GPU, new Quantity(compute.gpus().toString()));
    }
    return resources.build();
  }

  /** The CPU limit rounded up to whole cores. */
  static Optional<Integer> threads(ComputeSpec compute) {
    return Optional.ofNullable(compute.resources())
        .map(ResourceRequirements::getLimits)
        .map(limits -> limits.get("cpu"))
        .map(cpu -> cpu.getNumericalAmount().setScale(0, RoundingMode.CEILING).intValueExact());
  }
}
