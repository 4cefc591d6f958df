package io.sftjob.trainer.trail;

import java.io.IOException;

/** Whether this process may still write into the output. */
@FunctionalInterface
public interface Fence {
  /**
   * @throws io.sftjob.trainer.TrainerException if another process has taken the output over
   */
  void require() throws IOException;
}
