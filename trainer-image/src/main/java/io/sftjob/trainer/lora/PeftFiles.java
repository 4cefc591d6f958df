package io.sftjob.trainer.lora;

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

  private PeftFiles() {}

  /**
   * @param tensors under PEFT's names, float32
   */
  public record Saved(LoraConfig config, List<HostTensor> tensors) {}

  /**
   * Writes both files into an existing folder; syncing is the caller's.
   *
   * @param baseModel {@code base_model_name_or_path}: where the base model came from
   */
  public static void write(
      Path folder, LoraConfig config, String baseModel, List<HostTensor> tensors)
      throws IOException {
    List<String> names = tensors.stream().map(HostTensor::name).toList();
    Files.write(folder.resolve(CONFIG), PeftConfig.json(config, baseModel, names));
    SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors, SafetensorsWriter.PYTORCH);
  }

  /**
   * Reads an adapter of ours or PEFT's. Whether it fits a model is checked by {@link
   * LoraAdapter#of}.
   *
   * @throws io.sftjob.trainer.TrainerException naming the file and field that can not be used
   */
  public static Saved read(Path folder) {
    LoraConfig config = PeftConfig.read(folder.resolve(CONFIG));
    try (var file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      return new Saved(config, file.copy());
    }
  }
}
