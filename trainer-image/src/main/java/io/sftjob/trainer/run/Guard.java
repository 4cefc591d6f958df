package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Outcome;
import io.sftjob.trainer.report.Progress;
import io.sftjob.trainer.report.RunState.Ending;
import io.sftjob.trainer.report.TerminationLog;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a job to its end, whatever that is, and says how it ended. */
public record Guard(Progress progress, TerminationLog terminationLog) {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

  public ExitCode run(Callable<ExitCode> job) {
    try {
      ExitCode code = job.call();
      ended(code, null);
      return code;
    } catch (Throwable failure) {
      var known = Failures.of(failure);
      LOG.error(known.message());
      if (known.code() == ExitCode.Internal) {
        LOG.error("Where it happened:", failure);
      } else {
        LOG.debug("Where it happened:", failure);
      }
      ended(known.code(), known.message());
      return known.code();
    }
  }

  private void ended(ExitCode code, String message) {
    var outcome =
        switch (code) {
          case Done -> Outcome.Succeeded;
          case Preempted -> Outcome.Preempted;
          default -> Outcome.Failed;
        };
    String reason = code == ExitCode.Done ? null : code.name();
    progress.change(s -> s.with(new Ending(outcome, reason, message)));
    terminationLog.write();
  }
}
