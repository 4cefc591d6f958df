package io.sftjob.trainer.chat;

import io.sftjob.trainer.chat.jinja.JinjaTemplate.Span;
import io.sftjob.trainer.tokenizer.Tokenizer.Encoding;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.util.List;
import java.util.Set;

/**
 * Spans of a text to target tokens: all that overlap a span, as in transformers. A turn ends with
 * the token that stops a generation: it is a target even right behind its span.
 */
final class SpanMask {
  private final Set<Integer> controls;
  private final Set<Integer> stops;

  SpanMask(SpecialTokens specials) {
    this.controls = specials.controlIds();
    this.stops = specials.stopIds();
  }

  /** Spans as a template marks them, blanks at their ends included. */
  boolean[] ofMarked(Encoding encoding, List<Span> spans) {
    boolean[] targets = new boolean[encoding.ids().length];
    int from = 0;
    for (Span span : spans) {
      from = first(encoding, span, from);
      set(targets, from, withStop(encoding, span, past(encoding, span, from)));
    }
    return targets;
  }

  /**
   * Spans that were found: the blanks that a template writes behind the end of a turn are nobody's
   * words, and no targets.
   */
  boolean[] ofFound(String text, Encoding encoding, List<Span> spans) {
    boolean[] targets = new boolean[encoding.ids().length];
    int from = 0;
    for (Span span : spans) {
      from = first(encoding, span, from);
      set(targets, from, end(text, encoding, span, from));
    }
    return targets;
  }

  private static int first(Encoding encoding, Span span, int from) {
    int first = from;
    while (first < encoding.ids().length && encoding.ends()[first] <= span.start()) {
      first++;
    }
    return first;
  }

  private static int past(Encoding encoding, Span span, int from) {
    int to = from;
    while (to < encoding.ids().length && encoding.starts()[to] < span.end()) {
      to++;
    }
    return to;
  }

  private static void set(boolean[] targets, int from, int to) {
    for (int i = from; i < to; i++) {
      targets[i] = true;
    }
  }

  private int end(String text, Encoding encoding, Span span, int from) {
    int to = past(encoding, span, from);
    int last = to - 1;
    while (last >= from && !isEnd(encoding.ids()[last])) {
      last--;
    }
    if (last >= from
        && text.substring(Math.min(encoding.ends()[last], span.end()), span.end()).isBlank()) {
      return last + 1;
    }
    return withStop(encoding, span, to);
  }

  private int withStop(Encoding encoding, Span span, int to) {
    boolean stopFollows =
        span.start() < span.end()
            && to < encoding.ids().length
            && stops.contains(encoding.ids()[to]);
    return stopFollows ? to + 1 : to;
  }

  private boolean isEnd(int id) {
    return controls.contains(id) || stops.contains(id);
  }
}
