package io.sftjob.trainer.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.torch.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/**
 * The safetensors of a checkpoint's folder: model.safetensors, or the shards that an index names.
 */
public final class SafetensorsFolder {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private SafetensorsFolder() {}

  /**
   * @throws TrainerException if there is neither, a shard is missing, or the shards do not hold
   *     what the index says
   */
  public static SafetensorsSource open(Path folder, Kernels kernels) {
    Path index = folder.resolve(INDEX);
    if (Files.exists(index)) {
      return sharded(folder, index, kernels);
    }
    Path single = folder.resolve(SINGLE);
    if (Files.exists(single)) {
      return SafetensorsSource.open(single.toString(), List.of(single), kernels);
    }
    throw refused(
        "%s has neither %s nor %s. Other formats of weights must be converted to safetensors.",
        folder, SINGLE, INDEX);
  }

  private static SafetensorsSource sharded(Path folder, Path index, Kernels kernels) {
    JsonNode map = read(index).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw refused("%s has no `weight_map`", index);
    }
    var files = new TreeSet<String>();
    map.forEach(file -> files.add(file.asText()));
    for (String file : files) {
      if (!folder.resolve(file).normalize().startsWith(folder.normalize())
          || !Files.exists(folder.resolve(file))) {
        throw refused("%s names the shard `%s`, which is not in the folder", index, file);
      }
    }
    var source =
        SafetensorsSource.open(
            folder.toString(), files.stream().map(folder::resolve).toList(), kernels);
    for (var entry : map.properties()) {
      String file = entry.getValue().asText();
      if (!source.names().contains(entry.getKey())
          || !source.file(entry.getKey()).equals(folder.resolve(file))) {
        source.close();
        throw refused(
            "%s puts the tensor `%s` in %s; it is not there", index, entry.getKey(), file);
      }
    }
    return source;
  }

  private static JsonNode read(Path index) {
    try {
      return new ObjectMapper().readTree(Files.readAllBytes(index));
    } catch (JsonProcessingException e) {
      throw refused("%s is no valid JSON: %s", index, e.getOriginalMessage());
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageRefused, index + ": can not be read: " + e.getMessage(), e);
    }
  }

  private static TrainerException refused(String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, message.formatted(values));
  }
}
