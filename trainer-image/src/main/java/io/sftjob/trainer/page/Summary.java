package io.sftjob.trainer.page;

import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.Measurement.Kind;
import io.sftjob.trainer.trail.Names;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where a run stands.
 *
 * @param trained the newest measurement of the training
 * @param evaluated the newest evaluation
 * @param best the evaluation with the lowest loss
 */
record Summary(
    Optional<Measurement> trained, Optional<Measurement> evaluated, Optional<Measurement> best) {

  /** A fact in a few words. */
  record Fact(String name, String value) {}

  static Summary of(List<Measurement> all) {
    return new Summary(
        last(Kind.Train, all),
        last(Kind.Evaluation, all),
        all.stream()
            .filter(m -> Double.isFinite(m.value(Names.EVAL_LOSS)))
            .min(Comparator.comparingDouble(m -> m.value(Names.EVAL_LOSS))));
  }

  private static Optional<Measurement> last(Kind kind, List<Measurement> all) {
    return all.stream().filter(m -> m.kind() == kind).reduce((before, after) -> after);
  }

  List<Fact> facts() {
    var facts = new ArrayList<Fact>();
    trained.ifPresent(
        m -> {
          facts.add(new Fact("Training loss", Numbers.fixed(m.value(Names.LOSS))));
          facts.add(new Fact("Tokens trained on", Numbers.whole(m.value(Names.NUM_TOKENS))));
        });
    evaluated.ifPresent(
        m -> {
          facts.add(new Fact("Evaluation loss", Numbers.fixed(m.value(Names.EVAL_LOSS))));
          facts.add(new Fact("Perplexity", Numbers.few(m.value(Names.EVAL_PERPLEXITY))));
          facts.add(new Fact("Token accuracy", Numbers.percent(m.value(Names.EVAL_ACCURACY))));
        });
    best.ifPresent(
        m ->
            facts.add(
                new Fact(
                    "Lowest evaluation loss",
                    "%s at step %d".formatted(Numbers.fixed(m.value(Names.EVAL_LOSS)), m.step()))));
    return facts;
  }
}
