package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.tokenizer.PreTokenizers.PreTokenizer;
import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import java.nio.charset.StandardCharsets;

/** A GGUF vocabulary of model {@code gpt2}, written as the tokenizer.json that it came from. */
final class GgufByteLevel {
  private final GgufTokens tokens;
  private final PreTokenizer pre;

  private GgufByteLevel(GgufTokens tokens) {
    this.tokens = tokens;
    String name = tokens.required("pre", tokens.metadata().string("tokenizer.ggml.pre"));
    this.pre =
        PreTokenizers.of(name)
            .orElseThrow(
                () ->
                    tokens.unsupported(
                        "tokenizer.ggml.pre is `%s`; known: %s",
                        name, String.join(", ", PreTokenizers.names())));
  }

  static TokenizerSource read(GgufTokens tokens) {
    GgufByteLevel vocabulary = new GgufByteLevel(tokens);
    ObjectNode json = vocabulary.json();
    return new TokenizerSource(
        tokens.file(),
        json.toString().getBytes(StandardCharsets.UTF_8),
        Vocabulary.of(tokens.file(), json),
        tokens.specials(vocabulary.pre.addsBos()),
        tokens.chatTemplate());
  }

  private ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode().put("version", "1.0");
    root.putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int id = 0; id < tokens.size(); id++) {
      Kind kind = tokens.kind(id);
      if (kind == Kind.CONTROL || kind == Kind.USER_DEFINED) {
        added
            .addObject()
            .put("id", id)
            .put("content", tokens.text(id))
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", kind == Kind.CONTROL);
      }
    }
    root.set("normalizer", pre.normalizer());
    root.set("pre_tokenizer", pre.json());
    root.putNull("post_processor");
    root.set("decoder", ByteLevel.json());
    root.set("model", model());
    return root;
  }

  private ObjectNode model() {
    ObjectNode model = ByteLevel.bpe(pre.ignoreMerges());
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(tokens.text(id), id);
    }
    if (vocabulary.size() != tokens.size()) {
      throw tokens.unusable("tokenizer.ggml.tokens names a token twice");
    }
    ArrayNode merges = model.putArray("merges");
    for (String merge :
        tokens.required("merges", tokens.metadata().strings("tokenizer.ggml.merges"))) {
      int space = merge.indexOf(' ', 1);
      if (space < 0) {
        throw tokens.unusable("tokenizer.ggml.merges holds `%s`; expected two tokens", merge);
      }
      merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
    }
    return model;
  }
}
