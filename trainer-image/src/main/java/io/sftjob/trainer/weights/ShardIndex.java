package io.sftjob.trainer.weights;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code weight_map} of a checkpoint that is cut into shards.
 *
 * @param files the shard of each tensor
 */
record ShardIndex(Path path, Map<String, Path> files) {
  private static final long LARGEST = 64L << 20;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  /**
   * @throws TrainerException if it is no index, or a shard is not in the folder
   */
  static ShardIndex read(Path path) {
    JsonNode map = json(path).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw refused("%s has no `weight_map`", path);
    }
    var files = new LinkedHashMap<String, Path>();
    for (var entry : map.properties()) {
      files.put(entry.getKey(), shard(path, entry.getValue()));
    }
    return new ShardIndex(path, files);
  }

  private static Path shard(Path index, JsonNode name) {
    // A shard lies beside its index: another path could lead out of the folder.
    boolean plain = name.isTextual() && name.asText().matches("[^/\\x00]+");
    if (!plain || !Files.isRegularFile(index.resolveSibling(name.asText()))) {
      throw refused("%s names the shard `%s`, which is not in the folder", index, name.asText());
    }
    return index.resolveSibling(name.asText());
  }

  private static JsonNode json(Path path) {
    try {
      if (Files.size(path) > LARGEST) {
        throw refused("%s has %d bytes; %d are the most", path, Files.size(path), LARGEST);
      }
      return JSON.readTree(Files.readAllBytes(path));
    } catch (JsonProcessingException e) {
      throw refused("%s is no valid JSON: %s", path, e.getOriginalMessage());
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageRefused, path + ": can not be read: " + e.getMessage(), e);
    }
  }

  /** Without repetition, by name. */
  List<Path> shards() {
    return files.values().stream().distinct().sorted().toList();
  }

  /** Every tensor must be where the index says. */
  void requireIn(Map<Path, TensorSource> shards) {
    files.forEach(
        (tensor, file) -> {
          if (!shards.get(file).names().contains(tensor)) {
            throw refused(
                "%s puts the tensor `%s` in %s; it is not there", path, tensor, file.getFileName());
          }
        });
  }

  private static TrainerException refused(String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, message.formatted(values));
  }
}
