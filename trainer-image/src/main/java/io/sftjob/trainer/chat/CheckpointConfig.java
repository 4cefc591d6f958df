package io.sftjob.trainer.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a checkpoint's files say about its chats.
 *
 * @param modelType config.json's model_type
 * @param userToken generation_config.json's user_token_id
 * @param assistantToken generation_config.json's assistant_token_id
 */
record CheckpointConfig(
    Optional<String> modelType, OptionalInt userToken, OptionalInt assistantToken) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param model a folder; a file says nothing
   */
  static CheckpointConfig read(Path model) {
    JsonNode generation = json(model.resolve("generation_config.json"));
    return new CheckpointConfig(
        Optional.ofNullable(json(model.resolve("config.json")).path("model_type").textValue()),
        id(generation, "user_token_id"),
        id(generation, "assistant_token_id"));
  }

  private static OptionalInt id(JsonNode config, String key) {
    JsonNode id = config.path(key);
    return id.isInt() ? OptionalInt.of(id.intValue()) : OptionalInt.empty();
  }

  private static JsonNode json(Path file) {
    if (!Files.isRegularFile(file)) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.ModelNotUsable, file + " can not be read: " + e.getMessage(), e);
    }
  }
}
