package io.sftjob.trainer.lora;

import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An adapter as PEFT and vLLM read it: weights and a description, the same bytes for the same
 * values.
 */
public final class PeftFiles {
  public static final String WEIGHTS = "adapter_model.safetensors";
  public static final String CONFIG = "adapter_config.json";

  private static final String TORCH_WEIGHTS = "adapter_model.bin";

  /** In front of the base model's names. */
  static final String PREFIX = "base_model.model.";

  private PeftFiles() {}

  /**
   * @param tensors under PEFT's names, as they are stored
   */
  public record Saved(LoraConfig config, List<HostTensor> tensors) {}

  /**
   * Writes both files into an existing folder; syncing is the caller's.
   *
   * @param baseModel {@code base_model_name_or_path}: where the base model came from
   * @param tensors under PEFT's names, float32
   */
  public static void write(
      Path folder, LoraConfig config, DecoderSpec spec, String baseModel, List<HostTensor> tensors)
      throws IOException {
    Files.write(folder.resolve(CONFIG), PeftConfig.json(config, spec, baseModel));
    SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors, SafetensorsWriter.PYTORCH);
  }

  /**
   * Reads an adapter of ours or PEFT's. Whether it fits a model is checked by {@link
   * LoraAdapter#of}.
   *
   * @throws io.sftjob.trainer.TrainerException naming the file and field that can not be used
   */
  public static Saved read(Path folder) {
    LoraConfig config = PeftConfigReader.read(folder.resolve(CONFIG));
    Path weights = weights(folder);
    if (weights.endsWith(TORCH_WEIGHTS)) {
      return new Saved(config, TorchWeights.read(weights));
    }
    try (var file = SafetensorsFile.open(weights)) {
      return new Saved(config, file.copy());
    }
  }

  /** The file with an adapter's weights: safetensors, or what PEFT saved before version 0.6. */
  public static Path weights(Path folder) {
    Path torch = folder.resolve(TORCH_WEIGHTS);
    return !Files.exists(folder.resolve(WEIGHTS)) && Files.exists(torch)
        ? torch
        : folder.resolve(WEIGHTS);
  }
}
