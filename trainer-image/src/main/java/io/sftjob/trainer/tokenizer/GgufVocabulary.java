package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.gguf.GgufMetadata;
import io.sftjob.trainer.tokenizer.PreTokenizers.PreTokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The vocabulary in a GGUF header, written as the tokenizer.json that it came from. */
final class GgufVocabulary {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final String WAY_OUT =
      "; use the checkpoint's folder with tokenizer.json and safetensors instead";

  private final String file;
  private final GgufMetadata metadata;
  private final List<String> tokens;
  private final List<Long> types;
  private final PreTokenizer pre;

  private GgufVocabulary(String file, GgufMetadata metadata) {
    this.file = file;
    this.metadata = metadata;
    requireModel();
    this.pre = preTokenizer();
    this.tokens = required("tokens", metadata.strings(PREFIX + "tokens"));
    this.types = required("token_type", metadata.integers(PREFIX + "token_type"));
    if (types.size() != tokens.size()) {
      throw unusable(
          "%d tokens, but %d token types: the header is broken", tokens.size(), types.size());
    }
  }

  static TokenizerSource read(String file, GgufMetadata metadata) {
    GgufVocabulary vocabulary = new GgufVocabulary(file, metadata);
    ObjectNode json = vocabulary.json();
    return new TokenizerSource(
        file,
        json.toString().getBytes(StandardCharsets.UTF_8),
        Vocabulary.of(json),
        vocabulary.specials(),
        metadata.string("tokenizer.chat_template"));
  }

  private void requireModel() {
    String model = required("model", metadata.string(PREFIX + "model"));
    if (!model.equals("gpt2")) {
      throw unusable(
          "tokenizer.ggml.model is `%s`; supported in a GGUF file: gpt2 (byte-level BPE)%s",
          model, WAY_OUT);
    }
  }

  private PreTokenizer preTokenizer() {
    String name = required("pre", metadata.string(PREFIX + "pre"));
    return PreTokenizers.of(name)
        .orElseThrow(
            () ->
                unusable(
                    "tokenizer.ggml.pre is `%s`; known: %s%s",
                    name, String.join(", ", PreTokenizers.names()), WAY_OUT));
  }

  private ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode().put("version", "1.0");
    root.putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int id = 0; id < tokens.size(); id++) {
      long type = types.get(id);
      if (type == CONTROL || type == USER_DEFINED) {
        added
            .addObject()
            .put("id", id)
            .put("content", tokens.get(id))
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", type == CONTROL);
      }
    }
    root.set("normalizer", pre.normalizer());
    root.set("pre_tokenizer", pre.json());
    root.putNull("post_processor");
    root.putObject("decoder")
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
    root.set("model", model());
    return root;
  }

  private ObjectNode model() {
    ObjectNode model = JsonNodeFactory.instance.objectNode().put("type", "BPE");
    model.putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false);
    model.put("ignore_merges", pre.ignoreMerges());
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(tokens.get(id), id);
    }
    if (vocabulary.size() != tokens.size()) {
      throw unusable("tokenizer.ggml.tokens names a token twice");
    }
    ArrayNode merges = model.putArray("merges");
    for (String merge : required("merges", metadata.strings(PREFIX + "merges"))) {
      int space = merge.indexOf(' ', 1);
      if (space < 0) {
        throw unusable("tokenizer.ggml.merges holds `%s`; expected two tokens", merge);
      }
      merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
    }
    return model;
  }

  private SpecialTokens specials() {
    Optional<Special> eos = special("eos_token_id");
    Set<Integer> stops = new HashSet<>();
    eos.map(Special::id).ifPresent(stops::add);
    special("eot_token_id").map(Special::id).ifPresent(stops::add);
    Set<Integer> controls = new HashSet<>();
    for (int id = 0; id < types.size(); id++) {
      if (types.get(id) == CONTROL) {
        controls.add(id);
      }
    }
    Optional<Special> bos = special("bos_token_id");
    boolean addsBos = metadata.bool(PREFIX + "add_bos_token").orElse(pre.addsBos());
    return new SpecialTokens(
        bos,
        eos,
        special("padding_token_id"),
        stops,
        controls,
        addsBos ? bos.stream().map(Special::id).toList() : List.of());
  }

  private Optional<Special> special(String key) {
    return metadata
        .integer(PREFIX + key)
        .map(
            id -> {
              if (id < 0 || id >= tokens.size()) {
                throw unusable(
                    "tokenizer.ggml.%s is %d, but there are %d tokens", key, id, tokens.size());
              }
              return new Special(tokens.get(id.intValue()), id.intValue());
            });
  }

  private <T> T required(String key, Optional<T> value) {
    return value.orElseThrow(() -> unusable("the header has no tokenizer.ggml.%s%s", key, WAY_OUT));
  }

  private TrainerException unusable(String message, Object... arguments) {
    return new TrainerException(
        ExitCode.ModelNotUsable, file + ": " + message.formatted(arguments));
  }
}
