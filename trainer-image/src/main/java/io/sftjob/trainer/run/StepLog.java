package io.sftjob.trainer.run;

import io.sftjob.trainer.report.ProcessMemory;
import io.sftjob.trainer.train.EvalResult;
import io.sftjob.trainer.train.LossScale;
import io.sftjob.trainer.train.StepResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line in the log for some steps, the first, the last, and every so many, and for each
 * evaluation.
 *
 * @param every so many steps
 * @param rowLength tokens that a packed row can hold
 * @param listener hears of all that is logged
 */
record StepLog(int every, int rowLength, RunListener listener) {
  private static final Logger LOG = LoggerFactory.getLogger(StepLog.class);

  void step(StepResult step, long total) {
    if (step.step() % every == 0 || step.step() == 1 || step.step() == total) {
      listener.step(step);
      LOG.info(
          "step {}/{} epoch {} loss {} lr {} gradNorm {}{} tokens {} targets {} fill {} {} s, {} tokens/s, {} targets/s, memory {} MB",
          step.step(),
          total,
          "%.2f".formatted(step.epoch()),
          "%.4f".formatted(step.loss()),
          "%.3g".formatted(step.learningRate()),
          "%.3f".formatted(step.gradNorm()),
          scale(step.counts().lossScale()),
          step.tokens(),
          step.targets(),
          "%.3f".formatted((double) step.tokens() / ((long) step.rows() * rowLength)),
          "%.2f".formatted(step.seconds()),
          Math.round(step.tokens() / step.seconds()),
          Math.round(step.targets() / step.seconds()),
          Math.round(ProcessMemory.residentBytes() / 1e6));
    }
  }

  void evaluated(long step, double epoch, EvalResult result) {
    listener.evaluated(step, epoch, result);
    LOG.info(
        "step {} evalLoss {} perplexity {} accuracy {} entropy {} targets {}",
        step,
        "%.4f".formatted(result.loss()),
        "%.4g".formatted(result.perplexity()),
        "%.4f".formatted(result.accuracy()),
        "%.4f".formatted(result.entropy()),
        result.targets());
  }

  private static String scale(LossScale scale) {
    return scale == null ? "" : " lossScale %.0f".formatted(scale.scale());
  }
}
