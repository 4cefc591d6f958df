package io.sftjob.trainer.modelfiles;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What lies beside the weights in a checkpoint's folder. */
public final class SideFiles {
  private static final String CONFIG = "config.json";

  /** Weights in any format, which new ones take the place of. */
  private static final List<String> WEIGHTS =
      List.of(
          ".safetensors",
          ".safetensors.index.json",
          ".bin",
          ".bin.index.json",
          ".pt",
          ".pth",
          ".gguf",
          ".onnx",
          ".h5",
          ".msgpack",
          ".ot");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private SideFiles() {}

  /**
   * @throws TrainerException if there is no such file, or no JSON object in it
   */
  public static ObjectNode readConfig(Path folder) throws IOException {
    Path file = folder.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      throw refused(file, "no such file");
    }
    try {
      if (JSON.readTree(file.toFile()) instanceof ObjectNode config) {
        return config;
      }
      throw refused(file, "no JSON object");
    } catch (JsonProcessingException e) {
      throw refused(file, "no valid JSON: " + e.getOriginalMessage());
    }
  }

  private static TrainerException refused(Path file, String what) {
    return new TrainerException(ExitCode.ModelNotUsable, file + ": " + what);
  }

  public static void writeConfig(Path folder, ObjectNode config) throws IOException {
    writeJson(folder.resolve(CONFIG), config);
  }

  public static void writeJson(Path file, Object value) throws IOException {
    Files.writeString(file, JSON.writeValueAsString(value) + "\n");
  }

  /** One without a config.json is not; it is refused where it is loaded. */
  public static boolean isQuantized(Path base) throws IOException {
    Path config = base.resolve(CONFIG);
    return Files.exists(config) && JSON.readTree(config.toFile()).hasNonNull("quantization_config");
  }

  /**
   * Copies tokenizer, generation settings, code, license: all files but weights and config.json.
   *
   * @return their names
   */
  public static List<String> copy(Path from, Path to) throws IOException {
    try (var entries = Files.list(from)) {
      var files =
          entries
              .filter(Files::isRegularFile)
              .filter(file -> !isWeights(file) && !file.endsWith(CONFIG))
              .sorted()
              .toList();
      for (Path file : files) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
      return files.stream().map(file -> file.getFileName().toString()).toList();
    }
  }

  private static boolean isWeights(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return WEIGHTS.stream().anyMatch(name::endsWith);
  }
}
