package io.sftjob.trainer.run;

import io.sftjob.trainer.train.EvalResult;
import io.sftjob.trainer.train.StepResult;

/** Hears what is logged of a training, on its thread: it must not keep it waiting. */
interface RunListener {
  void step(StepResult step);

  /**
   * @param epoch passes over the data done
   */
  void evaluated(long step, double epoch, EvalResult result);
}
