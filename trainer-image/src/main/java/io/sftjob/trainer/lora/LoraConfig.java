package io.sftjob.trainer.lora;

import java.util.List;

/**
 * The adapter's shape; PEFT's meaning of the words.
 *
 * @param targetModules module names, or the one entry {@code AllLinear}
 * @param dropout on the adapter's input, in [0, 1)
 */
public record LoraConfig(
    int rank, int alpha, double dropout, List<String> targetModules, boolean useRslora) {
  public LoraConfig {
    targetModules = List.copyOf(targetModules);
  }

  /** α/r, or α/√r for rsLoRA. */
  public double scale() {
    return useRslora ? alpha / Math.sqrt(rank) : (double) alpha / rank;
  }
}
