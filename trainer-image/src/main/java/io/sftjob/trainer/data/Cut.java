package io.sftjob.trainer.data;

import java.util.Optional;
import java.util.function.Consumer;

/** Parts of one document that are documents of their own: their first token is no target. */
final class Cut {
  private Cut() {}

  /** The first tokens, as many as a row holds; the others, and a part without targets, are left. */
  static Optional<Fragment> first(
      int maxLength, int document, long start, Encoded tokens, Placement.Rows rows) {
    int length = Math.min(maxLength, tokens.length());
    if (length < tokens.length()) {
      rows.left(DropReason.TooLong, document, tokens.length() - length);
    }
    return part(0, length, document, start, tokens, rows);
  }

  /** All parts that have a target; the others are left. */
  static void all(
      int maxLength,
      int document,
      long start,
      Encoded tokens,
      Placement.Rows rows,
      Consumer<Fragment> parts) {
    for (int from = 0; from < tokens.length(); from += maxLength) {
      int to = Math.min(from + maxLength, tokens.length());
      part(from, to, document, start, tokens, rows).ifPresent(parts);
    }
  }

  private static Optional<Fragment> part(
      int from, int to, int document, long start, Encoded tokens, Placement.Rows rows) {
    int targets = tokens.countTargets(from + 1, to);
    if (targets == 0) {
      rows.left(DropReason.FragmentWithoutTargets, document, to - from);
      return Optional.empty();
    }
    return Optional.of(new Fragment(document, start + from, to - from, targets));
  }
}
