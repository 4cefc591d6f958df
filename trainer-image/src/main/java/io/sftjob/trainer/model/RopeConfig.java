package io.sftjob.trainer.model;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Rotary positions as a config.json describes them: transformers 5 writes {@code rope_parameters};
 * the hub's files have {@code rope_theta} and {@code rope_scaling}.
 */
final class RopeConfig {
  private RopeConfig() {}

  /**
   * @param theta where the file names none
   */
  static Rotary rotary(ConfigFile config, int headDim, double theta) {
    JsonNode json = config.json();
    JsonNode scaling =
        ConfigFile.absent(json, "rope_parameters")
            ? json.path("rope_scaling")
            : json.path("rope_parameters");
    JsonNode base = ConfigFile.absent(scaling, "rope_theta") ? json : scaling;
    double found = ConfigFile.absent(base, "rope_theta") ? theta : config.real(base, "rope_theta");
    return Rotary.of(found, headDim, scaling(config, scaling));
  }

  private static RopeScaling scaling(ConfigFile config, JsonNode rope) {
    if (rope.isMissingNode() || rope.isNull()) {
      return new RopeScaling.None();
    }
    if (!ConfigFile.absent(rope, "partial_rotary_factor")
        && config.real(rope, "partial_rotary_factor") != 1) {
      throw config.refused(
          "`partial_rotary_factor` is %s; this family rotates whole heads",
          rope.path("partial_rotary_factor"));
    }
    String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(config.real(rope, "factor"));
      case "dynamic" ->
          new RopeScaling.Dynamic(
              config.real(rope, "factor"), config.integer("max_position_embeddings"));
      case "llama3" ->
          new RopeScaling.Llama3(
              config.real(rope, "factor"),
              config.real(rope, "low_freq_factor"),
              config.real(rope, "high_freq_factor"),
              config.real(rope, "original_max_position_embeddings"));
      case "yarn" -> yarn(config, rope);
      default ->
          throw config.refused(
              "the rope type is `%s`; those known are default, linear, dynamic, llama3 and yarn",
              type);
    };
  }

  private static RopeScaling yarn(ConfigFile config, JsonNode rope) {
    int original =
        ConfigFile.absent(rope, "original_max_position_embeddings")
            ? config.integer("max_position_embeddings")
            : (int) config.real(rope, "original_max_position_embeddings");
    double factor = config.real(rope, "factor");
    return new RopeScaling.Yarn(
        factor,
        attentionFactor(config, rope, factor),
        optional(config, rope, "beta_fast", 32),
        optional(config, rope, "beta_slow", 1),
        original,
        rope.path("truncate").asBoolean(true));
  }

  private static double attentionFactor(ConfigFile config, JsonNode rope, double factor) {
    if (!ConfigFile.absent(rope, "attention_factor")) {
      return config.real(rope, "attention_factor");
    }
    double mscale = optional(config, rope, "mscale", 0);
    double allDim = optional(config, rope, "mscale_all_dim", 0);
    return mscale != 0 && allDim != 0
        ? RopeScaling.Yarn.mscale(factor, mscale) / RopeScaling.Yarn.mscale(factor, allDim)
        : RopeScaling.Yarn.mscale(factor, 1);
  }

  private static double optional(ConfigFile config, JsonNode rope, String field, double fallback) {
    return ConfigFile.absent(rope, field) ? fallback : config.real(rope, field);
  }

  /** The longest document that the positions reach. */
  static int reach(Rotary rotary, int maxPositions) {
    double reach =
        switch (rotary.scaling()) {
          case RopeScaling.Linear linear -> maxPositions * linear.factor();
          case RopeScaling.Dynamic dynamic -> maxPositions * dynamic.factor();
          case RopeScaling.Yarn yarn -> yarn.originalMaxPositions() * yarn.factor();
          default -> maxPositions;
        };
    return Math.max(maxPositions, (int) reach);
  }
}
