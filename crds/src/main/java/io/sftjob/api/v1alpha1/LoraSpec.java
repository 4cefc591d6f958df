package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;

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
