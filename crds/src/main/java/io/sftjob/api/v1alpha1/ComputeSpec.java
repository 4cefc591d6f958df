package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Map;

@ValidationRule(
    value =
        "!has(self.resources) || !((has(self.resources.limits) && 'nvidia.com/gpu' in"
            + " self.resources.limits) || (has(self.resources.requests) && 'nvidia.com/gpu' in"
            + " self.resources.requests))",
    fieldPath = ".resources",
    message = "GPUs are asked for with compute.gpus: remove nvidia.com/gpu from resources")
public record ComputeSpec(
    @Min(0)
        @Max(1)
        @JsonPropertyDescription(
            "GPUs of the trainer (nvidia.com/gpu; default 0: CPU). A trainer that asked for one and"
                + " finds none fails at once.")
        Integer gpus,
    @JsonPropertyDescription("Requests and limits of the trainer's container.")
        ResourceRequirements resources,
    @Size(max = 32) @JsonPropertyDescription("Labels that the node must have.")
        Map<String, String> nodeSelector,
    @Size(max = 32) @JsonPropertyDescription("Taints that the pod tolerates.")
        List<Toleration> tolerations) {}
