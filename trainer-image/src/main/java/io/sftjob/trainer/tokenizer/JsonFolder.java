package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A folder with a tokenizer.json. */
final class JsonFolder {
  static final String FILE = "tokenizer.json";

  private JsonFolder() {}

  static TokenizerSource read(CheckpointFolder folder) {
    byte[] json = folder.bytes(FILE);
    JsonNode spec = folder.parse(FILE, json);
    Vocabulary vocabulary = Vocabulary.of(FILE, spec);
    DeclaredTokens declared = new DeclaredTokens(folder, vocabulary);
    Optional<Special> bos = declared.bos();
    // tokenizer_config.json decides where it speaks, as in transformers.
    boolean addsBos = declared.addsBos().orElseGet(() -> beginsWith(spec, bos));
    SpecialTokens specials =
        new SpecialTokens(
            bos,
            declared.eos(),
            declared.pad(),
            declared.stopIds(),
            controlIds(spec),
            addsBos ? bos.stream().map(Special::id).toList() : List.of());
    return new TokenizerSource(
        folder.toString(), json, vocabulary, specials, folder.chatTemplate());
  }

  private static Set<Integer> controlIds(JsonNode spec) {
    Set<Integer> controls = new HashSet<>();
    for (JsonNode token : spec.path("added_tokens")) {
      if (token.path("special").booleanValue()) {
        controls.add(token.path("id").intValue());
      }
    }
    return controls;
  }

  private static boolean beginsWith(JsonNode spec, Optional<Special> bos) {
    return bos.isPresent() && writesFirst(spec.path("post_processor"), bos.get());
  }

  private static boolean writesFirst(JsonNode postProcessor, Special bos) {
    for (JsonNode step : postProcessor.path("processors")) {
      if (writesFirst(step, bos)) {
        return true;
      }
    }
    JsonNode first = postProcessor.path("single").path(0);
    return first.at("/SpecialToken/id").asText().equals(bos.text());
  }
}
