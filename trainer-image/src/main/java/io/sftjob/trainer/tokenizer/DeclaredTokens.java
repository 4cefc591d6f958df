package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which tokens begin, end and pad a text: what tokenizer_config.json, special_tokens_map.json,
 * generation_config.json and config.json say, in that order.
 */
final class DeclaredTokens {
  private final CheckpointFolder folder;
  private final Vocabulary vocabulary;
  private final JsonNode config;
  private final JsonNode generation;

  DeclaredTokens(CheckpointFolder folder, Vocabulary vocabulary) {
    this.folder = folder;
    this.vocabulary = vocabulary;
    this.config = folder.json("tokenizer_config.json");
    this.generation = folder.json("generation_config.json");
  }

  Optional<Special> bos() {
    return special("bos");
  }

  Optional<Special> eos() {
    return special("eos");
  }

  Optional<Special> pad() {
    return special("pad");
  }

  /** The tokens that end a generation. */
  Set<Integer> stopIds() {
    Set<Integer> stops = new HashSet<>();
    eos().map(Special::id).ifPresent(stops::add);
    JsonNode more = generation.path("eos_token_id");
    if (more.isInt()) {
      stops.add(more.intValue());
    }
    more.forEach(id -> stops.add(id.intValue()));
    return stops;
  }

  /** Whether tokenizer_config.json wants bos before a text; empty if it does not say. */
  Optional<Boolean> addsBos() {
    JsonNode configured = config.path("add_bos_token");
    return configured.isBoolean() ? Optional.of(configured.booleanValue()) : Optional.empty();
  }

  private Optional<Special> special(String kind) {
    String key = kind + "_token";
    for (JsonNode source : new JsonNode[] {config, folder.json("special_tokens_map.json")}) {
      JsonNode value = source.path(key);
      String text = value.isObject() ? value.path("content").textValue() : value.textValue();
      if (text != null) {
        return Optional.of(new Special(text, idOf(key, text)));
      }
      if (source.has(key)) {
        return Optional.empty();
      }
    }
    for (JsonNode source : new JsonNode[] {generation, folder.json("config.json")}) {
      JsonNode id = source.path(key + "_id");
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
                folder.unusable(
                    "%s is \"%s\", which is not in %s".formatted(key, text, vocabulary.file()),
                    null));
  }

  private String textOf(String key, int id) {
    return vocabulary
        .tokenOf(id)
        .orElseThrow(
            () ->
                folder.unusable(
                    "%s_id is %d, which is not in %s".formatted(key, id, vocabulary.file()), null));
  }
}
