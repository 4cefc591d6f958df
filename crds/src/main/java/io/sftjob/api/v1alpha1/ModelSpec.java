package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

@ValidationRule(value = Uris.FORM, message = Uris.FORM_MESSAGE)
@ValidationRule(value = Uris.NO_CLIMBING, message = Uris.NO_CLIMBING_MESSAGE)
public record ModelSpec(
    @Required
        @Size(min = 8, max = 1024)
        @JsonPropertyDescription(
            "A folder with config.json and weights (safetensors or PyTorch's .bin, single or in shards),"
                + " or a .gguf file: pvc://CLAIM/PATH, or file:///PATH when the trainer runs outside a"
                + " cluster.")
        String uri,
    @JsonPropertyDescription(
            "The dtype of the frozen weights, dense or as they are dequantized, and of the computation"
                + " (default Auto: BFloat16; Float32 for checkpoints stored in 32 bits). Float16, for"
                + " GPUs without bfloat16, scales the loss.")
        ModelDtype dtype,
    @JsonPropertyDescription(
            "Keep the frozen linear weights quantized, as in QLoRA (default: they are kept in dtype).")
        QuantizationSpec quantization) {}
