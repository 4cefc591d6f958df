package io.sftjob.trainer.trail;

import io.sftjob.trainer.trail.FirstRow.Piece;
import io.sftjob.trainer.trail.Measurement.Kind;
import io.sftjob.trainer.trail.RunFacts.DataFacts;
import io.sftjob.trainer.trail.RunFacts.JobFacts;
import io.sftjob.trainer.trail.RunFacts.ModelFacts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs and measurements for tests. */
public final class Runs {
  public static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");

  public static final LedgerFacts LEDGER =
      new LedgerFacts(
          "train",
          12_345,
          2,
          1_000_000,
          600_000,
          300_000,
          100_000,
          987,
          0.895,
          List.of(
              new LedgerFacts.Drop(
                  "no token is a target of the loss", 2, 100_000, List.of("line 7", "line 9"))));

  private Runs() {}

  public static RunFacts facts() {
    return facts(
        "demo", "Qwen/Qwen2.5-7B", List.of(new FirstRow(List.of(new Piece("Hi", true)), "")));
  }

  public static RunFacts facts(String job, String base, List<FirstRow> rows) {
    return facts(job, new ModelFacts(base, 16, false, false), rows);
  }

  /** Of a later process. */
  public static RunFacts facts(int attempt) {
    var first = facts();
    var job = first.job();
    return new RunFacts(
        new JobFacts(job.id(), job.name(), attempt, job.output(), job.totalSteps()),
        first.model(),
        first.data(),
        first.spec(),
        first.environment());
  }

  public static RunFacts facts(String job, ModelFacts model, List<FirstRow> rows) {
    var spec = new LinkedHashMap<String, Object>();
    spec.put("loraRank", 16);
    spec.put("targetModules", List.of("q_proj", "v_proj"));
    return new RunFacts(
        new JobFacts("0123abcd", job, 1, "pvc://work/runs/demo", 100),
        model,
        new DataFacts(
            Map.of("train", List.of("pvc://work/data/train.jsonl")),
            "Messages",
            "Assistant",
            List.of(LEDGER),
            rows),
        spec,
        Map.of("PyTorch", "2.7.1"));
  }

  public static Measurement step(long step) {
    return step(step, 1.0 / step);
  }

  public static Measurement step(long step, double loss) {
    var values = new LinkedHashMap<String, Number>();
    values.put(Names.LOSS, loss);
    values.put(Names.GRAD_NORM, 0.5);
    values.put(Names.LEARNING_RATE, 2e-4);
    values.put(Names.NUM_TOKENS, 1000 * step);
    values.put(Names.TOKENS_PER_SECOND, 5120.5);
    return new Measurement(Kind.Train, step, step * 0.1, TIME.plusSeconds(step), values);
  }

  public static Measurement evaluation(long step, double loss) {
    var values = new LinkedHashMap<String, Number>();
    values.put(Names.EVAL_LOSS, loss);
    values.put(Names.EVAL_PERPLEXITY, Math.exp(loss));
    values.put(Names.EVAL_ACCURACY, 0.625);
    values.put(Names.EVAL_ENTROPY, 1.5);
    return new Measurement(Kind.Evaluation, step, step * 0.1, TIME.plusSeconds(step), values);
  }
}
