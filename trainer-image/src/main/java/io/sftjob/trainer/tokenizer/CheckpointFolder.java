package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The files of a checkpoint that speak of its tokenizer. */
final class CheckpointFolder {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LFS_POINTER = "version https://git-lfs";

  private final Path folder;

  CheckpointFolder(Path folder) {
    this.folder = folder;
  }

  boolean has(String file) {
    return Files.isRegularFile(folder.resolve(file));
  }

  byte[] bytes(String file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(folder.resolve(file));
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageRefused,
          folder.resolve(file) + ": can not be read: " + e.getMessage(),
          e);
    }
    if (startsWith(bytes, LFS_POINTER)) {
      throw unusable(file + " is a Git LFS pointer, not the file itself; run `git lfs pull`", null);
    }
    return bytes;
  }

  private static boolean startsWith(byte[] bytes, String text) {
    return new String(bytes, 0, Math.min(bytes.length, text.length()), StandardCharsets.US_ASCII)
        .equals(text);
  }

  String text(String file) {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  /** Missing, if the file is. */
  JsonNode json(String file) {
    return has(file) ? parse(file, bytes(file)) : MissingNode.getInstance();
  }

  JsonNode parse(String file, byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw unusable(file + " is not JSON: " + e.getMessage(), e);
    }
  }

  /** The chat template, wherever it stands. A list of named ones holds it as {@code default}. */
  Optional<String> chatTemplate() {
    if (has("chat_template.jinja")) {
      return Optional.of(text("chat_template.jinja"));
    }
    JsonNode template = json("tokenizer_config.json").path("chat_template");
    if (template.isMissingNode()) {
      template = json("chat_template.json").path("chat_template");
    }
    for (JsonNode named : template) {
      if (named.path("name").asText().equals("default")) {
        return Optional.ofNullable(named.path("template").textValue());
      }
    }
    return Optional.ofNullable(template.textValue());
  }

  TrainerException unusable(String message, Throwable cause) {
    return new TrainerException(ExitCode.ModelNotUsable, folder + ": " + message, cause);
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
