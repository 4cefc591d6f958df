package io.sftjob.trainer.tokenizer.sentencepiece;

import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The vocabulary by name. */
final class Pieces {
  static final int NONE = -1;

  private final List<Piece> pieces;
  private final Map<String, Integer> texts;
  private final int[] bytes = new int[256];
  private int unknown = NONE;

  Pieces(List<Piece> pieces) {
    this.pieces = pieces;
    this.texts = HashMap.newHashMap(pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      if (piece.isText()) {
        texts.put(piece.text(), id);
      } else if (piece.kind() == Kind.UNKNOWN) {
        unknown = id;
      } else if (piece.kind() == Kind.BYTE) {
        bytes[piece.byteValue()] = id;
      }
    }
  }

  Piece get(int id) {
    return pieces.get(id);
  }

  List<Piece> all() {
    return pieces;
  }

  /**
   * @return the id of a piece that a text can be cut into; {@link #NONE} without one
   */
  int text(String text) {
    return texts.getOrDefault(text, NONE);
  }

  /**
   * @return the id of the piece for what has none; {@link #NONE} without one
   */
  int unknown() {
    return unknown;
  }

  int ofByte(int value) {
    return bytes[value];
  }

  PrefixMatcher userDefined() {
    return new PrefixMatcher(
        pieces.stream().filter(p -> p.kind() == Kind.USER_DEFINED).map(Piece::text).toList());
  }
}
