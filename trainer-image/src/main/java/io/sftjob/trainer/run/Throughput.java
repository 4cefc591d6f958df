package io.sftjob.trainer.run;

import io.sftjob.trainer.report.RunState.Speed;
import io.sftjob.trainer.train.StepResult;
import java.util.ArrayDeque;
import java.util.function.ToLongFunction;

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

  Speed speed(long stepsLeft) {
    return new Speed(
        perSecond(StepResult::tokens),
        perSecond(StepResult::targets),
        Math.round(stepsLeft * seconds() / last.size()));
  }

  private double perSecond(ToLongFunction<StepResult> count) {
    return last.stream().mapToLong(count).sum() / seconds();
  }

  private double seconds() {
    return last.stream().mapToDouble(StepResult::seconds).sum();
  }
}
