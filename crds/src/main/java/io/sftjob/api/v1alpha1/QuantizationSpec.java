package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/** Quantized weights; the words are those of bitsandbytes. */
@ValidationRule(
    value = "!has(self.blockSize) || self.blockSize in [32, 64, 128, 256, 512, 1024, 2048, 4096]",
    fieldPath = ".blockSize",
    message = "blockSize must be a power of two from 32 to 4096")
@ValidationRule(
    value = "self.mode != 'Int8' || !(has(self.blockSize) || has(self.doubleQuant))",
    fieldPath = ".mode",
    message =
        "Int8 has a scale per row: blockSize and doubleQuant belong to NF4 and FP4, leave them out")
public record QuantizationSpec(
    @Required @JsonPropertyDescription("How the linear weights of the layers are kept.")
        QuantizationMode mode,
    @JsonPropertyDescription("Weights that share a scale, in NF4 and FP4 (default 64).")
        Integer blockSize,
    @JsonPropertyDescription(
            "Quantize the scales of NF4 and FP4 too: 0.37 bits less per weight (default false).")
        Boolean doubleQuant) {}
