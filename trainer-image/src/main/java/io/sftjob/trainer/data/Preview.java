package io.sftjob.trainer.data;

import io.sftjob.trainer.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A row as the model sees it, in pieces that are either targets or context, so that a wrong
 * template shows at once.
 *
 * @param cutTokens tokens behind the last piece that are not shown
 */
public record Preview(List<Piece> pieces, int cutTokens) {
  private static final int MAX_TOKENS = 1000;

  public Preview {
    pieces = List.copyOf(pieces);
  }

  /** The text of tokens in a row that are all targets, or all not. */
  public record Piece(String text, boolean target) {
    private String marked() {
      return target ? PreparedData.TARGET_BEGIN + text + PreparedData.TARGET_END : text;
    }
  }

  static Preview of(Encoded row, Tokenizer tokenizer) {
    var pieces = new ArrayList<Piece>();
    int shown = Math.min(row.ids().length, MAX_TOKENS);
    int from = 0;
    while (from < shown) {
      boolean target = isTarget(row, from);
      int to = from + 1;
      while (to < shown && isTarget(row, to) == target) {
        to++;
      }
      String text = tokenizer.decode(Arrays.copyOfRange(row.ids(), from, to), false);
      pieces.add(new Piece(text, target));
      from = to;
    }
    return new Preview(pieces, row.ids().length - shown);
  }

  /** With its targets marked. */
  String text() {
    String text = pieces.stream().map(Piece::marked).collect(Collectors.joining());
    return cutTokens == 0 ? text : text + " " + cut();
  }

  /** What is said of the tokens that are not shown. */
  public String cut() {
    return "… and %d more tokens".formatted(cutTokens);
  }

  /** The first token of a document is never a target. */
  private static boolean isTarget(Encoded row, int i) {
    return i > 0 && row.targets()[i];
  }
}
