package io.sftjob.trainer.imports;

import io.sftjob.trainer.imports.Note.Kind;
import java.math.BigDecimal;

/** When is evaluated and saved, and what is kept. */
record SavingMapping(Carrier carrier) {
  private static final int MOST_KEPT = 100;

  void map(boolean evaluates) {
    boolean rhythmic = evaluation(evaluates);
    saving(rhythmic);
    kept();
    best(rhythmic);
  }

  /** Returns whether it is evaluated every so many steps. */
  private boolean evaluation(boolean evaluates) {
    var arguments = carrier.arguments();
    String strategy = arguments.text("eval_strategy");
    switch (strategy) {
      case "steps" -> {}
      case "no" -> {
        return false;
      }
      case "epoch" -> {
        carrier.note(
            Kind.Differs,
            "eval_strategy",
            "evaluated at the end; set training.evalSteps for more often");
        return false;
      }
      default -> throw Values.invalid("eval_strategy", strategy, "no, steps or epoch");
    }
    String name = arguments.value("eval_steps") == null ? "logging_steps" : "eval_steps";
    if (!evaluates) {
      carrier.note(Kind.Lost, "eval_strategy", "the job has no data to evaluate on");
      return false;
    }
    if (isRatio(arguments.number(name))) {
      carrier.note(
          Kind.Differs,
          name,
          "a part of the steps; evaluated at the end, set training.evalSteps for more often");
      return false;
    }
    carrier.whole(name, "training.evalSteps");
    return true;
  }

  private void saving(boolean rhythmic) {
    String strategy = carrier.arguments().text("save_strategy");
    switch (strategy) {
      case "steps" -> {
        if (isRatio(carrier.arguments().number("save_steps"))) {
          carrier.note(
              Kind.Differs,
              "save_steps",
              "a part of the steps; saved every 100 steps, set checkpoint.everySteps for another");
        } else {
          carrier.whole("save_steps", "checkpoint.everySteps");
        }
      }
      case "best" -> {
        if (rhythmic) {
          carrier.set("save_strategy", "checkpoint.keepBest", 1);
        } else {
          carrier.note(Kind.Differs, "save_strategy", "without evaluations, saved every 100 steps");
        }
      }
      case "no", "epoch" ->
          carrier.note(
              Kind.Differs,
              "save_strategy",
              "saved every 100 steps, so that a job can go on; set checkpoint.everySteps for another");
      default -> throw Values.invalid("save_strategy", strategy, "no, steps, epoch or best");
    }
  }

  private void kept() {
    Integer most = carrier.arguments().whole("save_total_limit");
    if (most == null) {
      carrier.draft().set("checkpoint.keepLast", 3, carrier.program().title() + " keeps all");
    } else {
      carrier.set("save_total_limit", "checkpoint.keepLast", Math.clamp(most, 1, MOST_KEPT));
      if (most < 1 || most > MOST_KEPT) {
        carrier.note(Kind.Differs, "save_total_limit", "1 to %d can be kept".formatted(MOST_KEPT));
      }
    }
  }

  private void best(boolean rhythmic) {
    if (carrier.arguments().isTrue("load_best_model_at_end")) {
      if (rhythmic) {
        carrier.set("load_best_model_at_end", "checkpoint.keepBest", 1);
      }
      carrier.note(
          Kind.Lost,
          "load_best_model_at_end",
          "the adapter is that of the last step"
              + (rhythmic ? "; the best checkpoint is kept beside it, in checkpoints/" : ""));
    }
  }

  private static boolean isRatio(BigDecimal number) {
    return number.signum() > 0 && number.compareTo(BigDecimal.ONE) < 0;
  }
}
