package io.sftjob.trainer.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * Reads PEFT's adapter_config.json of any version. What would compute something else than we do is
 * refused; what only concerns how an adapter was trained is passed over.
 */
final class PeftConfigReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Keys that change what the adapter computes, with the values that we compute. */
  private static final Map<String, List<String>> ALLOWED =
      Map.of(
          "peft_type", List.of("\"LORA\""),
          "bias", List.of("\"none\""),
          "use_dora", List.of("false"),
          "use_qalora", List.of("false"),
          "use_bdlora", List.of("false"),
          "fan_in_fan_out", List.of("false"),
          "lora_bias", List.of("false"),
          "ensure_weight_tying", List.of("false"),
          // The others change the base model's weights before the training.
          "init_lora_weights",
              List.of("true", "false", "\"gaussian\"", "\"eva\"", "\"orthogonal\""));

  /** Keys that change what the adapter computes unless they are absent or empty. */
  private static final List<String> EMPTY =
      List.of(
          "enable_lora",
          "layer_replication",
          "target_parameters",
          "trainable_token_indices",
          "alora_invocation_tokens",
          "arrow_config",
          "kasa_config",
          "monteclora_config");

  private final Path path;
  private final JsonNode json;

  private PeftConfigReader(Path path, JsonNode json) {
    this.path = path;
    this.json = json;
  }

  static LoraConfig read(Path path) {
    return new PeftConfigReader(path, parse(path)).read();
  }

  private LoraConfig read() {
    ALLOWED.forEach(
        (key, values) -> {
          if (given(key) && !values.contains(json.path(key).toString())) {
            throw refused(
                "`%s` is %s; only %s can be computed",
                key, json.path(key), String.join(", ", values));
          }
        });
    for (String key : EMPTY) {
      if (given(key)) {
        throw refused("`%s` is %s, which is not supported", key, json.path(key));
      }
    }
    return new LoraConfig(
        rank("r", json.path("r")),
        alpha("lora_alpha", json.path("lora_alpha")),
        json.path("lora_dropout").asDouble(0),
        targets(),
        json.path("use_rslora").asBoolean(false),
        map("rank_pattern", this::rank),
        map("alpha_pattern", this::alpha),
        given("modules_to_save") ? texts("modules_to_save") : List.of());
  }

  private Targets targets() {
    Targets targets = targets("target_modules");
    if (given("layers_to_transform") && targets instanceof Targets.Names names) {
      targets = new Targets.InLayers(names, layers());
    }
    return given("exclude_modules")
        ? new Targets.Without(targets, targets("exclude_modules"))
        : targets;
  }

  private Targets targets(String key) {
    JsonNode found = json.path(key);
    if (found.isTextual()) {
      return found.asText().equalsIgnoreCase("all-linear")
          ? new Targets.AllLinear()
          : new Targets.Regex(found.asText());
    }
    return new Targets.Names(texts(key));
  }

  private Layers layers() {
    Set<Integer> numbers = new TreeSet<>();
    JsonNode found = json.path("layers_to_transform");
    for (JsonNode number : found.isArray() ? found : List.of(found)) {
      if (!number.isInt()) {
        throw refused("`layers_to_transform` is %s; expected the numbers of layers", found);
      }
      numbers.add(number.intValue());
    }
    return new Layers(numbers, given("layers_pattern") ? texts("layers_pattern") : List.of());
  }

  /** A list of texts, or the one text. */
  private List<String> texts(String key) {
    JsonNode found = json.path(key);
    var texts = new ArrayList<String>();
    for (JsonNode text : found.isArray() ? found : List.of(found)) {
      if (!text.isTextual()) {
        throw refused("`%s` is %s; expected a list of names", key, found);
      }
      texts.add(text.asText());
    }
    return texts;
  }

  private <T> Map<String, T> map(String key, BiFunction<String, JsonNode, T> value) {
    var map = new LinkedHashMap<String, T>();
    for (var entry : json.path(key).properties()) {
      map.put(entry.getKey(), value.apply(key + "." + entry.getKey(), entry.getValue()));
    }
    return map;
  }

  private int rank(String key, JsonNode found) {
    if (!found.isInt() || found.intValue() < 1) {
      throw refused("`%s` is %s; expected an integer above 0", key, found);
    }
    return found.intValue();
  }

  private double alpha(String key, JsonNode found) {
    if (!found.isNumber() || !(found.doubleValue() > 0)) {
      throw refused("`%s` is %s; expected a number above 0", key, found);
    }
    return found.doubleValue();
  }

  /** There, and neither null nor empty. */
  private boolean given(String key) {
    JsonNode found = json.path(key);
    return !found.isMissingNode()
        && !found.isNull()
        && !(found.isContainerNode() && found.isEmpty());
  }

  private static JsonNode parse(Path path) {
    try {
      return JSON.readTree(Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      throw new TrainerException(ExitCode.StorageRefused, path + ": no such file", e);
    } catch (JsonProcessingException e) {
      throw refused(path, "no valid JSON: %s", e.getOriginalMessage());
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageRefused, path + ": can not be read: " + e.getMessage(), e);
    }
  }

  private TrainerException refused(String message, Object... values) {
    return refused(path, message, values);
  }

  private static TrainerException refused(Path path, String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, path + ": " + message.formatted(values));
  }
}
