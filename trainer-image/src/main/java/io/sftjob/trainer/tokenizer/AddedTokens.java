package io.sftjob.trainer.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.trainer.tokenizer.sentencepiece.Piece;
import io.sftjob.trainer.tokenizer.sentencepiece.SentencePieceModel;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;

/**
 * The tokens that a folder puts beside its SentencePiece model: tokenizer_config.json's {@code
 * added_tokens_decoder}, added_tokens.json, the special tokens by name, and the model's own control
 * pieces. The first to name a token decides.
 */
final class AddedTokens {
  private static final List<String> NAMED =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "pad_token",
          "sep_token",
          "cls_token",
          "mask_token",
          "additional_special_tokens");

  private final CheckpointFolder folder;
  private final Map<String, AddedToken> tokens = new LinkedHashMap<>();
  private final Set<String> special = new HashSet<>();

  private AddedTokens(CheckpointFolder folder) {
    this.folder = folder;
    for (String file : List.of("tokenizer_config.json", "special_tokens_map.json")) {
      JsonNode json = folder.json(file);
      NAMED.forEach(key -> addNames(json.path(key)));
    }
  }

  static List<AddedToken> of(CheckpointFolder folder, Family family, SentencePieceModel model) {
    AddedTokens all = new AddedTokens(folder);
    if (family == Family.CHATGLM) {
      ChatGlmTokens.all(model.pieces().size()).forEach(all::add);
    }
    all.addDecoder();
    all.addFile();
    all.addPieces(model.pieces());
    return List.copyOf(all.tokens.values());
  }

  private void addNames(JsonNode value) {
    if (value.isTextual()) {
      special.add(value.textValue());
    } else if (value.isObject()) {
      addNames(value.path("content"));
    } else {
      value.forEach(this::addNames);
    }
  }

  private void add(AddedToken token) {
    tokens.putIfAbsent(token.content(), token);
  }

  private void addDecoder() {
    JsonNode decoder = folder.json("tokenizer_config.json").path("added_tokens_decoder");
    for (Entry<String, JsonNode> entry : decoder.properties()) {
      JsonNode token = entry.getValue();
      String content = token.path("content").asText();
      if (token.path("single_word").booleanValue()) {
        throw folder.unusable(
            "the added token \"%s\" is a single_word, which is not supported with %s; save the checkpoint with a fast tokenizer"
                .formatted(content, SentencePieceFolder.FILE),
            null);
      }
      add(
          new AddedToken(
              content,
              Integer.parseInt(entry.getKey()),
              "",
              token.path("lstrip").booleanValue(),
              token.path("rstrip").booleanValue(),
              token.path("special").booleanValue() || special.contains(content)));
    }
  }

  private void addFile() {
    for (Entry<String, JsonNode> entry : folder.json("added_tokens.json").properties()) {
      String content = entry.getKey();
      add(
          new AddedToken(
              content, entry.getValue().intValue(), "", false, false, special.contains(content)));
    }
  }

  private void addPieces(List<Piece> pieces) {
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      if (special.contains(piece.text())
          || piece.kind() == Piece.Kind.CONTROL
          || piece.kind() == Piece.Kind.UNKNOWN) {
        add(AddedToken.special(piece.text(), id));
      }
    }
  }
}
