package io.sftjob.trainer.tokenizer.sentencepiece;

import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * The cut with the highest sum of log-probabilities (Viterbi), as unigram_model.cc's {@code
 * EncodeOptimized} finds it: sums are rounded to float at each step, and the first of equals wins.
 */
final class Unigram implements Segmenter {
  private static final float UNKNOWN_PENALTY = 10;

  private final Pieces pieces;
  private final int longestPiece;
  private final float highest;
  private final float unknownScore;

  Unigram(Pieces pieces) {
    this.pieces = pieces;
    longestPiece = pieces.all().stream().mapToInt(p -> p.text().length()).max().orElse(0);
    float lowest = Float.MAX_VALUE;
    float best = Float.MIN_NORMAL;
    for (Piece piece : pieces.all()) {
      if (piece.kind() == Kind.NORMAL) {
        lowest = Math.min(lowest, piece.score());
        best = Math.max(best, piece.score());
      }
    }
    highest = best;
    unknownScore = lowest - UNKNOWN_PENALTY;
  }

  @Override
  public void cut(String text, Cuts cuts) {
    BestPath best = new BestPath(text.length());
    for (int from = 0; from < text.length(); ) {
      int character = Character.charCount(text.codePointAt(from));
      boolean covered = false;
      int limit = Math.min(text.length(), from + longestPiece);
      for (int to = from + character; to <= limit; to++) {
        int id = pieces.text(text.substring(from, to));
        if (id != Pieces.NONE && pieces.get(id).kind() != Kind.UNUSED) {
          best.offer(from, to, id, score(pieces.get(id)) + best.score[from]);
          covered |= to == from + character;
        }
      }
      if (!covered) {
        best.offer(from, from + character, pieces.unknown(), unknownScore + best.score[from]);
      }
      from += character;
    }
    best.trace(cuts);
  }

  /** A user-defined symbol gets more than any cut through it could. */
  private double score(Piece piece) {
    return piece.kind() == Kind.USER_DEFINED
        ? piece.text().getBytes(StandardCharsets.UTF_8).length * highest - 0.1
        : piece.score();
  }

  /** The best cut that ends at each char: its score, and the piece that it ends with. */
  private static final class BestPath {
    private final float[] score;
    private final int[] start;
    private final int[] id;

    BestPath(int length) {
      score = new float[length + 1];
      start = new int[length + 1];
      id = new int[length + 1];
      Arrays.fill(start, Pieces.NONE);
    }

    void offer(int from, int to, int piece, double sum) {
      if (start[to] == Pieces.NONE || sum > score[to]) {
        score[to] = (float) sum;
        start[to] = from;
        id[to] = piece;
      }
    }

    void trace(Cuts cuts) {
      Deque<Integer> ends = new ArrayDeque<>();
      for (int end = start.length - 1; end > 0; end = start[end]) {
        ends.push(end);
      }
      ends.forEach(end -> cuts.add(start[end], end, id[end]));
    }
  }
}
