package io.sftjob.trainer.tokenizer;

import io.sftjob.trainer.gguf.GgufMetadata;
import io.sftjob.trainer.tokenizer.sentencepiece.BrokenModelException;
import io.sftjob.trainer.tokenizer.sentencepiece.Charsmap;
import io.sftjob.trainer.tokenizer.sentencepiece.NormalizerSpec;
import io.sftjob.trainer.tokenizer.sentencepiece.Piece;
import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import io.sftjob.trainer.tokenizer.sentencepiece.SentencePieceModel;
import io.sftjob.trainer.tokenizer.sentencepiece.SentencePieceModel.Algorithm;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A GGUF vocabulary of model {@code llama}: the pieces of the SentencePiece model that it came
 * from. What the header does not say is as in llama.cpp: a blank before each text, no rules.
 */
final class GgufSentencePiece {
  private static final String UNKNOWN_SURFACE = " \u2047 ";

  private GgufSentencePiece() {}

  static SentencePieceSource read(GgufTokens tokens) {
    SentencePieceModel model = model(tokens);
    List<AddedToken> added =
        IntStream.range(0, tokens.size())
            .filter(id -> tokens.kind(id) == Kind.CONTROL || tokens.kind(id) == Kind.UNKNOWN)
            .mapToObj(id -> AddedToken.special(tokens.text(id), id))
            .toList();
    return new SentencePieceSource(
        SentencePieceFolder.vocabulary(tokens.file(), model, added),
        model,
        added,
        added,
        true,
        tokens.specials(true),
        tokens.chatTemplate());
  }

  private static SentencePieceModel model(GgufTokens tokens) {
    GgufMetadata metadata = tokens.metadata();
    List<Double> scores = tokens.required("scores", metadata.reals("tokenizer.ggml.scores"));
    if (scores.size() != tokens.size()) {
      throw tokens.unusable(
          "%d tokens, but %d scores: the header is broken", tokens.size(), scores.size());
    }
    List<Piece> pieces =
        IntStream.range(0, tokens.size())
            .mapToObj(
                id -> new Piece(tokens.text(id), scores.get(id).floatValue(), tokens.kind(id)))
            .toList();
    try {
      return new SentencePieceModel(
          Algorithm.BPE,
          pieces,
          pieces.stream().anyMatch(p -> p.kind() == Kind.BYTE),
          false,
          UNKNOWN_SURFACE,
          normalizer(metadata));
    } catch (BrokenModelException e) {
      throw tokens.unusable("tokenizer.ggml.tokens holds %s", e.getMessage());
    }
  }

  private static NormalizerSpec normalizer(GgufMetadata metadata) {
    return new NormalizerSpec(
        Charsmap.of(
            bytes(metadata.integers("tokenizer.ggml.precompiled_charsmap").orElse(List.of()))),
        metadata.bool("tokenizer.ggml.add_space_prefix").orElse(true),
        metadata.bool("tokenizer.ggml.remove_extra_whitespaces").orElse(false),
        true);
  }

  private static byte[] bytes(List<Long> values) {
    byte[] bytes = new byte[values.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = values.get(i).byteValue();
    }
    return bytes;
  }
}
