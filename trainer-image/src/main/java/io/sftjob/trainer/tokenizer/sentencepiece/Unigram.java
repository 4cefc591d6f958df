package io.sftjob.trainer.tokenizer.sentencepiece;

import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * The cut with the highest sum of log-probabilities (Viterbi), as {@code EncodeOptimized} in
 * unigram_model.cc of sentencepiece 0.2.3 finds it: sums are floats, kept small, and the first of
 * equals wins.
 */
final class Unigram implements Segmenter {
  private static final float UNKNOWN_PENALTY = 10;
  private static final float LARGE_SUM = 100_000;

  private final Pieces pieces;
  private final int longestPiece;
  private final float unknownScore;

  Unigram(Pieces pieces) {
    this.pieces = pieces;
    longestPiece = pieces.all().stream().mapToInt(p -> p.text().length()).max().orElse(0);
    float lowest = Float.MAX_VALUE;
    for (Piece piece : pieces.all()) {
      if (piece.kind() == Kind.NORMAL) {
        lowest = Math.min(lowest, piece.score());
      }
    }
    unknownScore = lowest - UNKNOWN_PENALTY;
  }

  @Override
  public void cut(String text, Cuts cuts) {
    BestPath best = new BestPath(text.length());
    for (int from = 0; from < text.length(); ) {
      int character = Character.charCount(text.codePointAt(from));
      boolean covered = false;
      best.keepSmall(from);
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

  /** Log-probabilities are negative, so user-defined symbols win, the longer the more. */
  private static float score(Piece piece) {
    return piece.kind() == Kind.USER_DEFINED
        ? (float) (0.1 * (piece.text().getBytes(StandardCharsets.UTF_8).length - 1))
        : piece.score();
  }

  /** The best cut that ends at each char: its score, and the piece that it ends with. */
  private static final class BestPath {
    private final float[] score;
    private final int[] start;
    private final int[] id;
    private int frontier;

    BestPath(int length) {
      score = new float[length + 1];
      start = new int[length + 1];
      id = new int[length + 1];
      Arrays.fill(start, Pieces.NONE);
    }

    /** Only differences count, and those of large floats are lost. */
    void keepSmall(int from) {
      float offset = score[from];
      if (Math.abs(offset) > LARGE_SUM) {
        for (int i = from; i <= frontier; i++) {
          score[i] -= offset;
        }
      }
    }

    void offer(int from, int to, int piece, float sum) {
      frontier = Math.max(frontier, to);
      if (start[to] == Pieces.NONE || sum > score[to]) {
        score[to] = sum;
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
