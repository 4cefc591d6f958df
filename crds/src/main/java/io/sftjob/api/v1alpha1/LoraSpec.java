package io.sftjob.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** The words are PEFT's. */
@ValidationRule(
    value =
        "!has(self.targetModules) || size(self.targetModules) == 1 || !('AllLinear' in"
            + " self.targetModules)",
    fieldPath = ".targetModules",
    message = "AllLinear stands alone: remove it, or remove the other modules")
@ValidationRule(
    value = "!has(self.targetModules) || !has(self.targetModulesRegex)",
    fieldPath = ".targetModulesRegex",
    message = "targetModules and targetModulesRegex exclude each other: keep one")
@ValidationRule(
    value = "!has(self.dropout) || double(self.dropout) < 1.0",
    fieldPath = ".dropout",
    message = "dropout must be below \"1\"; \"0\" turns it off")
@ValidationRule(
    value =
        "!has(self.rankPattern) || self.rankPattern.all(k, size(k) > 0 && size(k) <= 256 &&"
            + " self.rankPattern[k] >= 1 && self.rankPattern[k] <= 1024)",
    fieldPath = ".rankPattern",
    message = "a key of rankPattern has 1 to 256 characters, its rank is 1 to 1024")
@ValidationRule(
    value =
        "!has(self.alphaPattern) || self.alphaPattern.all(k, size(k) > 0 && size(k) <= 256 &&"
            + " self.alphaPattern[k] >= 1 && self.alphaPattern[k] <= 65536)",
    fieldPath = ".alphaPattern",
    message = "a key of alphaPattern has 1 to 256 characters, its alpha is 1 to 65536")
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
            "The linear modules that get an adapter, by the end of their path ([q_proj, v_proj],"
                + " [layers.0.mlp.up_proj]), or [AllLinear] (default): every linear but the head.")
        List<@Size(min = 1, max = 256) String> targetModules,
    @Size(min = 1, max = 1024)
        @JsonPropertyDescription(
            "Instead of targetModules: a regular expression that matches the whole path of a"
                + " module, such as `.*\\.(1[0-9]|2[0-9])\\.mlp\\..*`.")
        String targetModulesRegex,
    @Size(min = 1, max = 64)
        @JsonPropertyDescription(
            "Ranks of some modules in place of rank: the end of a path, or a regular expression for"
                + " it, and the rank ({down_proj: 32}).")
        Map<String, Integer> rankPattern,
    @Size(min = 1, max = 64)
        @JsonPropertyDescription(
            "Alphas of some modules in place of alpha; the keys are as in rankPattern.")
        Map<String, Integer> alphaPattern,
    @Size(min = 1, max = 2)
        @JsonPropertyDescription(
            "Modules that are trained whole and saved with the adapter: the embedding, the head or"
                + " both, by their names in the model ([embed_tokens, lm_head]). They take four"
                + " times four bytes per weight; vLLM loads no such adapter: merge it first.")
        List<@Size(min = 1, max = 256) String> modulesToSave,
    @JsonPropertyDescription("Scale by alpha / sqrt(rank) instead (default false).")
        Boolean useRslora,
    @JsonPropertyDescription(
            "An adapter in PEFT's files to begin with, in place of a new one. Its configuration must"
                + " be the one described here.")
        AdapterSource initFrom) {

  /** The one name in {@link #targetModules} that stands for all linears but the head. */
  public static final String ALL_LINEAR = "AllLinear";

  /** With nothing set. */
  static LoraSpec empty() {
    return new LoraSpec(null, null, null, null, null, null, null, null, null, null);
  }
}
