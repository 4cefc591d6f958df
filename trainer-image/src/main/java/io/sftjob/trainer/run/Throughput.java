package io.sftjob.trainer.run;

import io.sftjob.trainer.train.StepResult;
import java.util.ArrayDeque;

/** Speed over the last steps, so that one slow step does not shake the estimate. */
final class Throughput {
  private static final int WINDOW = 20;

  private final ArrayDeque<StepResult> last = new ArrayDeque<>();

  void add(StepResult step) {
    last.add(step);
    if (last.size() > WINDOW) {
      last.remove();
    }
  }

  double tokensPerSecond() {
    return last.stream().mapToLong(StepResult::tokens).sum() / seconds();
  }

  long etaSeconds(long stepsLeft) {
    return Math.round(stepsLeft * seconds() / last.size());
  }

  private double seconds() {
    return last.stream().mapToDouble(StepResult::seconds).sum();
  }
}
