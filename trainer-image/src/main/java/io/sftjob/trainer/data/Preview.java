package io.sftjob.trainer.data;

import io.sftjob.trainer.tokenizer.Tokenizer;
import java.util.Arrays;

/** A row as the model sees it, with its targets marked, so that a wrong template shows at once. */
final class Preview {
  private static final int MAX_TOKENS = 1000;

  private Preview() {}

  static String of(Encoded row, Tokenizer tokenizer) {
    StringBuilder out = new StringBuilder();
    int shown = Math.min(row.ids().length, MAX_TOKENS);
    int from = 0;
    while (from < shown) {
      boolean target = isTarget(row, from);
      int to = from + 1;
      while (to < shown && isTarget(row, to) == target) {
        to++;
      }
      String text = tokenizer.decode(Arrays.copyOfRange(row.ids(), from, to), false);
      out.append(target ? PreparedData.TARGET_BEGIN + text + PreparedData.TARGET_END : text);
      from = to;
    }
    if (shown < row.ids().length) {
      out.append(" … and ").append(row.ids().length - shown).append(" more tokens");
    }
    return out.toString();
  }

  /** The first token of a document is never a target. */
  private static boolean isTarget(Encoded row, int i) {
    return i > 0 && row.targets()[i];
  }
}
