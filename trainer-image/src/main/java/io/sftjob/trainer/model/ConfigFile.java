package io.sftjob.trainer.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A checkpoint's config.json; what is missing or odd is refused by its name. */
record ConfigFile(Path path, JsonNode json) {

  static ConfigFile read(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          path + ": no such file; a model is a folder with config.json and weights, or a .gguf");
    }
    try {
      return new ConfigFile(path, new ObjectMapper().readTree(Files.readAllBytes(path)));
    } catch (JsonProcessingException e) {
      throw new TrainerException(
          ExitCode.ModelNotUsable, path + ": no valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageRefused, path + ": can not be read: " + e.getMessage(), e);
    }
  }

  String text(String field) {
    JsonNode value = required(field);
    if (!value.isTextual()) {
      throw refused("`%s` is %s; expected a string", field, value);
    }
    return value.textValue();
  }

  int integer(String field) {
    JsonNode value = required(field);
    if (!value.isInt() || value.intValue() <= 0) {
      throw refused("`%s` is %s; expected an integer above 0", field, value);
    }
    return value.intValue();
  }

  int integer(String field, int fallback) {
    return absent(json, field) ? fallback : integer(field);
  }

  double real(String field) {
    return real(json, field);
  }

  double real(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isNumber()) {
      throw refused(
          "`%s` is %s; expected a number", field, value.isMissingNode() ? "missing" : value);
    }
    return value.doubleValue();
  }

  boolean flag(String field) {
    return flag(field, false);
  }

  boolean flag(String field, boolean fallback) {
    JsonNode value = json.path(field);
    if (absent(json, field)) {
      return fallback;
    }
    if (!value.isBoolean()) {
      throw refused("`%s` is %s; expected true or false", field, value);
    }
    return value.booleanValue();
  }

  /** Refuses a field that says anything but the one value that is computed. */
  void requireIfPresent(String field, boolean value) {
    if (flag(field, value) != value) {
      throw refused("`%s` is %s; only %s is supported", field, json.path(field), value);
    }
  }

  void requireIfPresent(String field, double value) {
    if (!absent(json, field) && real(field) != value) {
      throw refused("`%s` is %s; only %s is supported", field, json.path(field), value);
    }
  }

  void requireAbsent(String field) {
    if (!absent(json, field)) {
      throw refused("`%s` is %s, which is not supported", field, json.path(field));
    }
  }

  static boolean absent(JsonNode node, String field) {
    return node.path(field).isMissingNode() || node.path(field).isNull();
  }

  private JsonNode required(String field) {
    if (absent(json, field)) {
      throw refused("`%s` is missing", field);
    }
    return json.path(field);
  }

  TrainerException refused(String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, path + ": " + message.formatted(values));
  }
}
