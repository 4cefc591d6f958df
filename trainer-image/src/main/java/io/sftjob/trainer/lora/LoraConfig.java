package io.sftjob.trainer.lora;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an adapter is; PEFT's meaning of the words.
 *
 * @param dropout on the adapter's input, in [0, 1)
 * @param rankPattern ranks of some modules in place of {@code rank}, see {@link Overrides}
 * @param alphaPattern alphas of some modules in place of {@code alpha}
 * @param modulesToSave modules that are trained whole: the embedding, the head
 */
public record LoraConfig(
    int rank,
    double alpha,
    double dropout,
    Targets targets,
    boolean useRslora,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    List<String> modulesToSave) {
  public LoraConfig {
    // In PEFT's files the order of patterns counts.
    rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
    alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
    modulesToSave = List.copyOf(modulesToSave);
  }

  /**
   * All modules alike.
   *
   * @param targetModules names, or the one entry {@code AllLinear}
   */
  public LoraConfig(
      int rank, double alpha, double dropout, List<String> targetModules, boolean useRslora) {
    this(rank, alpha, dropout, Targets.of(targetModules), useRslora, Map.of(), Map.of(), List.of());
  }

  /** Of the modules that no pattern names. */
  public double scale() {
    return scale(rank, alpha);
  }

  /** α/r, or α/√r for rsLoRA. */
  double scale(int moduleRank, double moduleAlpha) {
    return useRslora ? moduleAlpha / Math.sqrt(moduleRank) : moduleAlpha / moduleRank;
  }
}
