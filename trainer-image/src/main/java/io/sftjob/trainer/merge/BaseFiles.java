package io.sftjob.trainer.merge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What lies beside the weights in a checkpoint's folder. */
final class BaseFiles {
  static final String CONFIG = "config.json";

  /** Weights in any format, which merged ones take the place of. */
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

  private BaseFiles() {}

  /** The dtype that config.json names; for one without, and for float32, BFloat16. */
  static MergeDtype dtype(Path base) throws IOException {
    var config = JSON.readTree(base.resolve(CONFIG).toFile());
    String named = config.path("torch_dtype").asText(config.path("dtype").asText(""));
    return named.equals(MergeDtype.Float16.configName()) ? MergeDtype.Float16 : MergeDtype.BFloat16;
  }

  /**
   * Copies tokenizer, generation settings, code, license: all files but weights.
   *
   * @return their names
   */
  static List<String> copy(Path base, Path folder) throws IOException {
    try (var entries = Files.list(base)) {
      var files =
          entries
              .filter(Files::isRegularFile)
              .filter(file -> !isWeights(file) && !file.endsWith(CONFIG))
              .sorted()
              .toList();
      for (Path file : files) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
      return files.stream().map(file -> file.getFileName().toString()).toList();
    }
  }

  /** The base's config.json with the new dtype. */
  static void writeConfig(Path base, Path folder, MergeDtype dtype, boolean untied)
      throws IOException {
    var config = (ObjectNode) JSON.readTree(base.resolve(CONFIG).toFile());
    // transformers 5 renamed the key.
    String key = config.has("dtype") && !config.has("torch_dtype") ? "dtype" : "torch_dtype";
    config.put(key, dtype.configName());
    if (untied) {
      config.put("tie_word_embeddings", false);
    }
    writeJson(folder.resolve(CONFIG), config);
  }

  static void writeJson(Path file, Object value) throws IOException {
    Files.writeString(file, JSON.writeValueAsString(value) + "\n");
  }

  private static boolean isWeights(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return WEIGHTS.stream().anyMatch(name::endsWith);
  }
}
