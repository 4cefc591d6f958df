package io.sftjob.trainer.tokenizer.sentencepiece;

import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A SentencePiece model as values, checked as the library checks it.
 *
 * @param byteFallback a character without a piece becomes the pieces of its UTF-8 bytes
 * @param whitespaceSuffix the blank belongs to the word before it, not to the one behind
 * @param unknownSurface what an unknown piece is decoded to
 */
public record SentencePieceModel(
    Algorithm algorithm,
    List<Piece> pieces,
    boolean byteFallback,
    boolean whitespaceSuffix,
    String unknownSurface,
    NormalizerSpec normalizer) {
  private static final int BYTES = 256;

  /** The kinds of model that can be run. */
  public enum Algorithm {
    BPE,
    UNIGRAM
  }

  /**
   * @throws BrokenModelException if the pieces contradict each other
   */
  public SentencePieceModel {
    pieces = List.copyOf(pieces);
    checkNames(pieces);
    checkUnknown(pieces, byteFallback);
    checkBytes(pieces, byteFallback);
  }

  private static void checkNames(List<Piece> pieces) {
    Set<String> texts = new HashSet<>();
    Set<String> reserved = new HashSet<>();
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      if (piece.text().isEmpty()) {
        throw new BrokenModelException("piece %d, which is empty".formatted(id));
      }
      if (!Float.isFinite(piece.score())) {
        throw new BrokenModelException(
            "the score %s of piece `%s`".formatted(piece.score(), piece.text()));
      }
      if (!(piece.isText() ? texts : reserved).add(piece.text())) {
        throw new BrokenModelException("the piece `%s` twice".formatted(piece.text()));
      }
    }
  }

  private static void checkUnknown(List<Piece> pieces, boolean byteFallback) {
    long unknown = pieces.stream().filter(p -> p.kind() == Kind.UNKNOWN).count();
    if (unknown > 1 || unknown == 0 && !byteFallback) {
      throw new BrokenModelException("%d pieces for the unknown; expected 1".formatted(unknown));
    }
  }

  private static void checkBytes(List<Piece> pieces, boolean byteFallback) {
    Set<Integer> bytes = new HashSet<>();
    pieces.stream().filter(p -> p.kind() == Kind.BYTE).forEach(p -> bytes.add(p.byteValue()));
    int expected = byteFallback ? BYTES : 0;
    if (bytes.size() != expected) {
      throw new BrokenModelException(
          "%d byte pieces; expected %d, since byte_fallback is %s"
              .formatted(bytes.size(), expected, byteFallback));
    }
  }

  /** The same model, in which these ids have a meaning and can not be spelled. */
  public SentencePieceModel withControls(Set<Integer> ids) {
    List<Piece> changed = new ArrayList<>(pieces);
    ids.forEach(id -> changed.set(id, pieces.get(id).as(Kind.CONTROL)));
    return new SentencePieceModel(
        algorithm, changed, byteFallback, whitespaceSuffix, unknownSurface, normalizer);
  }
}
