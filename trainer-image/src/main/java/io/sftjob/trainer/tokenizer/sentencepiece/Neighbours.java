package io.sftjob.trainer.tokenizer.sentencepiece;

import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Which characters stand side by side in some piece. Between two that never do, no merge can
 * happen, so a text falls into words that are merged one by one, with equal results. A hash may say
 * yes too often: that only makes a word longer.
 */
final class Neighbours {
  private static final int BITS = 22;

  private final BitSet pairs;

  private Neighbours(BitSet pairs) {
    this.pairs = pairs;
  }

  static Neighbours of(Pieces vocabulary) {
    BitSet pairs = new BitSet(1 << BITS);
    for (Piece piece : vocabulary.all()) {
      if (piece.isText()) {
        int[] characters = piece.text().codePoints().toArray();
        for (int i = 1; i < characters.length; i++) {
          pairs.set(hash(characters[i - 1], characters[i]));
        }
      }
    }
    if (vocabulary.all().stream().anyMatch(p -> isMerged(p, vocabulary))) {
      // How such a piece is taken apart again depends on the whole text's order of merges.
      pairs.set(0, 1 << BITS);
    }
    return new Neighbours(pairs);
  }

  /** Whether merges can make this piece, though it is out of use. */
  private static boolean isMerged(Piece piece, Pieces vocabulary) {
    String text = piece.text();
    return piece.kind() == Kind.UNUSED
        && IntStream.range(1, text.length())
            .anyMatch(
                cut ->
                    isSymbol(text.substring(0, cut), vocabulary)
                        && isSymbol(text.substring(cut), vocabulary));
  }

  private static boolean isSymbol(String text, Pieces vocabulary) {
    return vocabulary.text(text) != Pieces.NONE || text.codePointCount(0, text.length()) == 1;
  }

  boolean maybe(int left, int right) {
    return pairs.get(hash(left, right));
  }

  private static int hash(int left, int right) {
    return (left * 0x9E3779B1 + right) * 0x85EBCA6B >>> Integer.SIZE - BITS;
  }
}
