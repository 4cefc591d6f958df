package io.sftjob.trainer.cli;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.config.RuntimeConfig;
import io.sftjob.trainer.report.Progress;
import io.sftjob.trainer.report.ProgressServer;
import io.sftjob.trainer.report.RunMetrics;
import io.sftjob.trainer.report.TerminationLog;
import io.sftjob.trainer.run.Guard;
import io.sftjob.trainer.run.JobCommand;
import io.sftjob.trainer.run.JobCommand.Surroundings;
import io.sftjob.trainer.run.Shutdown;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that runs one job: its settings, its signals, its windows to the outside. */
final class JobProcess {
  private static final Logger LOG = LoggerFactory.getLogger(JobProcess.class);

  private JobProcess() {}

  /** Returns the exit code. */
  static int run(Path spec, Supplier<RuntimeConfig> load, Function<JobCommand, ExitCode> command) {
    RuntimeConfig config;
    try {
      config = load.get();
    } catch (TrainerException e) {
      LOG.error(e.getMessage());
      return e.code().code();
    }
    Logging.format(config.logFormat());
    var shutdown = Shutdown.listen(config.shutdownTimeout());
    LOG.info("Settings: {}", config.line());
    var podUid = config.podUid().orElseGet(() -> UUID.randomUUID().toString());
    var progress = new Progress(config.jobUid().orElse(null), podUid, Clock.systemUTC());
    var terminationLog = new TerminationLog(config.terminationLog(), progress);
    var surroundings = new Surroundings(podUid, progress, terminationLog, shutdown);
    var guard = new Guard(progress, terminationLog);
    ExitCode code =
        guard.run(
            () -> {
              try (var view = view(progress);
                  var server = server(config, progress)) {
                return command.apply(new JobCommand(spec, config, surroundings));
              }
            });
    shutdown.finished(code.code());
    return code.code();
  }

  private static AutoCloseable view(Progress progress) {
    if (!Terminal.present()) {
      progress.listen(new ProgressLines(LOG::info, System::nanoTime));
      return () -> {};
    }
    var view = new ProgressBarView();
    progress.listen(view);
    return view;
  }

  private static AutoCloseable server(RuntimeConfig config, Progress progress) {
    if (config.port() == 0) {
      return () -> {};
    }
    ProgressServer server;
    try {
      server = new ProgressServer(config.port(), progress, new RunMetrics(progress));
    } catch (IOException e) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "Port %d can not be served: %s. Choose another SFT_PORT."
              .formatted(config.port(), e.getMessage()),
          e);
    }
    LOG.info("Progress on http://localhost:{}/v1/progress", server.port());
    return server;
  }
}
