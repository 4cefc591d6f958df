package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** Servers that are told of a run; metrics and reports lie in the output folder in any case. */
public record TrackingSpec(
    @Required
        @JsonPropertyDescription(
            "An MLflow tracking server. It gets what can be sent: a server that is away, slow or"
                + " refuses never stops or slows the training.")
        MlflowSpec mlflow) {}
