package io.sftjob.trainer.cli;

import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.run.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A command that is no job: a failure is one message and its exit code. */
final class Reported {
  private static final Logger LOG = LoggerFactory.getLogger(Reported.class);

  private Reported() {}

  /** One whose result is all that it says. */
  static int run(Runnable work) {
    Logging.warningsOnly();
    return telling(work);
  }

  /** One that tells how far it is. */
  static int telling(Runnable work) {
    try {
      work.run();
      return 0;
    } catch (TrainerException e) {
      var failure = Failures.of(e);
      LOG.error(failure.message());
      return failure.code().code();
    }
  }
}
