package io.sftjob.trainer.tokenizer;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.gguf.GgufMetadata;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import io.sftjob.trainer.tokenizer.sentencepiece.BrokenModelException;
import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The tokens in a GGUF header, whatever the kind of vocabulary. */
final class GgufTokens {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final String WAY_OUT =
      "; use the checkpoint's folder with its tokenizer and safetensors instead";

  private final String file;
  private final GgufMetadata metadata;
  private final List<String> tokens;
  private final List<Kind> kinds;

  GgufTokens(String file, GgufMetadata metadata) {
    this.file = file;
    this.metadata = metadata;
    this.tokens = required("tokens", metadata.strings(PREFIX + "tokens"));
    List<Long> types = required("token_type", metadata.integers(PREFIX + "token_type"));
    if (types.size() != tokens.size()) {
      throw unusable(
          "%d tokens, but %d token types: the header is broken", tokens.size(), types.size());
    }
    try {
      this.kinds = types.stream().map(Kind::of).toList();
    } catch (BrokenModelException e) {
      throw unusable("tokenizer.ggml.token_type holds %s", e.getMessage());
    }
  }

  String file() {
    return file;
  }

  int size() {
    return tokens.size();
  }

  String text(int id) {
    return tokens.get(id);
  }

  Kind kind(int id) {
    return kinds.get(id);
  }

  GgufMetadata metadata() {
    return metadata;
  }

  Optional<String> chatTemplate() {
    return metadata.string("tokenizer.chat_template");
  }

  /**
   * @param addsBos what holds where the header has no {@code add_bos_token}
   */
  SpecialTokens specials(boolean addsBos) {
    Optional<Special> bos = special("bos_token_id");
    Optional<Special> eos = special("eos_token_id");
    Set<Integer> stops = new HashSet<>();
    eos.map(Special::id).ifPresent(stops::add);
    special("eot_token_id").map(Special::id).ifPresent(stops::add);
    Set<Integer> controls = new HashSet<>();
    for (int id = 0; id < kinds.size(); id++) {
      if (kinds.get(id) == Kind.CONTROL) {
        controls.add(id);
      }
    }
    boolean begins = metadata.bool(PREFIX + "add_bos_token").orElse(addsBos);
    return new SpecialTokens(
        bos,
        eos,
        special("padding_token_id"),
        stops,
        controls,
        begins ? bos.stream().map(Special::id).toList() : List.of());
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

  /** The value under {@code tokenizer.ggml.<key>}. */
  <T> T required(String key, Optional<T> value) {
    return value.orElseThrow(() -> unusable("the header has no tokenizer.ggml.%s%s", key, WAY_OUT));
  }

  /** For what could be right, but is not supported. */
  TrainerException unsupported(String message, Object... arguments) {
    return unusable(message.formatted(arguments) + WAY_OUT);
  }

  TrainerException unusable(String message, Object... arguments) {
    return new TrainerException(
        ExitCode.ModelNotUsable, file + ": " + message.formatted(arguments));
  }
}
