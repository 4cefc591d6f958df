package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Which id each token has. An added token goes before a piece of the model with the same name. */
final class Vocabulary {
  private final String file;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Integer, String> tokens = new HashMap<>();
  private int size;

  /**
   * @param file where the tokens stand, for messages
   */
  Vocabulary(String file) {
    this.file = file;
  }

  /** Of a tokenizer.json. */
  static Vocabulary of(String file, JsonNode tokenizer) {
    Vocabulary vocabulary = ofModel(file, tokenizer);
    for (JsonNode added : tokenizer.path("added_tokens")) {
      vocabulary.put(added.path("content").asText(), added.path("id").intValue());
    }
    return vocabulary;
  }

  /** Without the added tokens. A Unigram model lists its pieces in the order of their ids. */
  static Vocabulary ofModel(String file, JsonNode tokenizer) {
    Vocabulary vocabulary = new Vocabulary(file);
    JsonNode pieces = tokenizer.at("/model/vocab");
    if (pieces.isArray()) {
      for (int id = 0; id < pieces.size(); id++) {
        vocabulary.put(pieces.path(id).path(0).asText(), id);
      }
    } else {
      pieces.properties().forEach(p -> vocabulary.put(p.getKey(), p.getValue().intValue()));
    }
    return vocabulary;
  }

  void put(String token, int id) {
    ids.put(token, id);
    tokens.put(id, token);
    size = Math.max(size, id + 1);
  }

  String file() {
    return file;
  }

  OptionalInt idOf(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  Optional<String> tokenOf(int id) {
    return Optional.ofNullable(tokens.get(id));
  }

  /** One more than the largest id. */
  int size() {
    return size;
  }
}
