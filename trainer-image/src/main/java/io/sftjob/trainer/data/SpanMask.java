package io.sftjob.trainer.data;

import io.sftjob.trainer.chat.jinja.JinjaTemplate.Span;
import io.sftjob.trainer.tokenizer.Tokenizer.Encoding;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.util.List;
import java.util.Set;

/**
 * Spans of a text to target tokens: all that overlap a span, as in transformers. A turn ends with
 * the token that stops a generation: it is a target even right behind its span, and the blanks that
 * a template writes after it are not.
 */
final class SpanMask {
  private final Set<Integer> controls;
  private final Set<Integer> stops;

  SpanMask(SpecialTokens specials) {
    this.controls = specials.controlIds();
    this.stops = specials.stopIds();
  }

  boolean[] of(String text, Encoding encoding, List<Span> spans) {
    boolean[] targets = new boolean[encoding.ids().length];
    int from = 0;
    for (Span span : spans) {
      while (from < targets.length && encoding.ends()[from] <= span.start()) {
        from++;
      }
      int to = from;
      while (to < targets.length && encoding.starts()[to] < span.end()) {
        to++;
      }
      to = end(text, encoding, span, from, to);
      for (int i = from; i < to; i++) {
        targets[i] = true;
      }
    }
    return targets;
  }

  private int end(String text, Encoding encoding, Span span, int from, int to) {
    int last = to - 1;
    while (last >= from && !isEnd(encoding.ids()[last])) {
      last--;
    }
    if (last >= from
        && text.substring(Math.min(encoding.ends()[last], span.end()), span.end()).isBlank()) {
      return last + 1;
    }
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
