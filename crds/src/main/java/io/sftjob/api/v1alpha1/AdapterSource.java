package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

@ValidationRule(value = Uris.FORM, message = Uris.FORM_MESSAGE)
@ValidationRule(value = Uris.NO_CLIMBING, message = Uris.NO_CLIMBING_MESSAGE)
public record AdapterSource(
    @Required
        @Size(min = 8, max = 1024)
        @JsonPropertyDescription(
            "A folder with adapter_config.json and adapter_model.safetensors: pvc://CLAIM/PATH or"
                + " file:///PATH.")
        String uri) {}
