package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Hugging Face folder: tokenizer.json, and what tokenizer_config.json, special_tokens_map.json,
 * generation_config.json, config.json and chat_template.jinja say beside it, in that order.
 */
final class TokenizerFolder {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final byte[] json;
  private final JsonNode spec;
  private final JsonNode config;
  private final Vocabulary vocabulary;

  private TokenizerFolder(Path folder) {
    this.folder = folder;
    this.json = tokenizerJson();
    this.spec = parse("tokenizer.json", json);
    this.config = optional("tokenizer_config.json");
    this.vocabulary = Vocabulary.of(spec);
  }

  static TokenizerSource read(Path path) {
    TokenizerFolder folder = new TokenizerFolder(path);
    return new TokenizerSource(
        path.toString(), folder.json, folder.vocabulary, folder.specials(), folder.chatTemplate());
  }

  private byte[] tokenizerJson() {
    if (!Files.isRegularFile(folder.resolve("tokenizer.json"))) {
      throw unusable(
          "no tokenizer.json there; save the checkpoint with a fast tokenizer"
              + " (AutoTokenizer.from_pretrained(…).save_pretrained(…)), or give a .gguf file",
          null);
    }
    return bytes("tokenizer.json");
  }

  private SpecialTokens specials() {
    Optional<Special> bos = special("bos");
    Optional<Special> eos = special("eos");
    Set<Integer> stops = new HashSet<>();
    eos.map(Special::id).ifPresent(stops::add);
    JsonNode generation = optional("generation_config.json").path("eos_token_id");
    if (generation.isInt()) {
      stops.add(generation.intValue());
    }
    generation.forEach(id -> stops.add(id.intValue()));
    Set<Integer> controls = new HashSet<>();
    spec.path("added_tokens")
        .forEach(
            t -> {
              if (t.path("special").booleanValue()) {
                controls.add(t.path("id").intValue());
              }
            });
    List<Integer> prefix = addsBos(bos) ? List.of(bos.orElseThrow().id()) : List.of();
    return new SpecialTokens(bos, eos, special("pad"), stops, controls, prefix);
  }

  /** tokenizer_config.json decides where it speaks, as in transformers; else the post-processor. */
  private boolean addsBos(Optional<Special> bos) {
    JsonNode configured = config.path("add_bos_token");
    if (configured.isBoolean()) {
      return configured.booleanValue() && bos.isPresent();
    }
    return bos.map(b -> beginsWith(spec.path("post_processor"), b)).orElse(false);
  }

  private static boolean beginsWith(JsonNode postProcessor, Special bos) {
    for (JsonNode step : postProcessor.path("processors")) {
      if (beginsWith(step, bos)) {
        return true;
      }
    }
    JsonNode first = postProcessor.path("single").path(0);
    return first.at("/SpecialToken/id").asText().equals(bos.text());
  }

  private Optional<Special> special(String kind) {
    String key = kind + "_token";
    for (JsonNode source : new JsonNode[] {config, optional("special_tokens_map.json")}) {
      JsonNode value = source.path(key);
      String text = value.isObject() ? value.path("content").textValue() : value.textValue();
      if (text != null) {
        return Optional.of(new Special(text, idOf(key, text)));
      }
      if (source.has(key)) {
        return Optional.empty();
      }
    }
    for (String file : new String[] {"generation_config.json", "config.json"}) {
      JsonNode id = optional(file).path(key + "_id");
      id = id.isArray() ? id.path(0) : id;
      if (id.isInt()) {
        return Optional.of(new Special(textOf(key, id.intValue()), id.intValue()));
      }
    }
    return Optional.empty();
  }

  private int idOf(String key, String text) {
    return vocabulary
        .idOf(text)
        .orElseThrow(
            () ->
                unusable(
                    "%s is \"%s\", which is not in tokenizer.json".formatted(key, text), null));
  }

  private String textOf(String key, int id) {
    return vocabulary
        .tokenOf(id)
        .orElseThrow(
            () -> unusable("%s_id is %d, which is not in tokenizer.json".formatted(key, id), null));
  }

  /** A list of named templates holds the one for chats as {@code default}. */
  private Optional<String> chatTemplate() {
    if (Files.isRegularFile(folder.resolve("chat_template.jinja"))) {
      return Optional.of(new String(bytes("chat_template.jinja"), StandardCharsets.UTF_8));
    }
    JsonNode template = config.path("chat_template");
    if (template.isMissingNode()) {
      template = optional("chat_template.json").path("chat_template");
    }
    for (JsonNode named : template) {
      if (named.path("name").asText().equals("default")) {
        template = named.path("template");
        break;
      }
    }
    return Optional.ofNullable(template.textValue());
  }

  private JsonNode optional(String name) {
    return Files.isRegularFile(folder.resolve(name))
        ? parse(name, bytes(name))
        : MissingNode.getInstance();
  }

  private byte[] bytes(String name) {
    try {
      return Files.readAllBytes(folder.resolve(name));
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.StorageRefused,
          folder.resolve(name) + ": can not be read: " + e.getMessage(),
          e);
    }
  }

  private JsonNode parse(String name, byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw unusable(name + " is not JSON: " + e.getMessage(), e);
    }
  }

  private TrainerException unusable(String message, Throwable cause) {
    return new TrainerException(ExitCode.ModelNotUsable, folder + ": " + message, cause);
  }
}
