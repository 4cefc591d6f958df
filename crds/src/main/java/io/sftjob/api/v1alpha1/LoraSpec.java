package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

@ValidationRule(
    value =
        "!has(self.targetModules) || size(self.targetModules) == 1 || !('AllLinear' in"
            + " self.targetModules)",
    fieldPath = ".targetModules",
    message = "AllLinear stands alone: remove it, or remove the other modules")
@ValidationRule(
    value = "!has(self.dropout) || double(self.dropout) < 1.0",
    fieldPath = ".dropout",
    message = "dropout must be below \"1\"; \"0\" turns it off")
public record LoraSpec(
    @Min(1) @Max(1024) @JsonPropertyDescription("The rank r (default 16).") Integer rank,
    @Min(1)
        @Max(65536)
        @JsonPropertyDescription(
            "The adapter's output is scaled by alpha / rank (default: twice the rank).")
        Integer alpha,
    @Pattern(Decimals.PATTERN)
        @Size(max = 16)
        @JsonPropertyDescription("Dropout on the adapter's input, \"0\" (default) to below \"1\".")
        String dropout,
    @Size(min = 1, max = 64)
        @JsonPropertyDescription(
            "The linear modules that get an adapter, by PEFT's names ([q_proj, v_proj]), or"
                + " [AllLinear] (default): every linear but the head.")
        List<@Size(min = 1, max = 128) String> targetModules,
    @JsonPropertyDescription("Scale by alpha / sqrt(rank) instead (default false).")
        Boolean useRslora) {

  /** The one name in {@link #targetModules} that stands for all linears but the head. */
  public static final String ALL_LINEAR = "AllLinear";
}
