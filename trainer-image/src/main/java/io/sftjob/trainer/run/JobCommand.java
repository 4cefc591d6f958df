package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Phase;
import io.sftjob.trainer.checkpoint.Owner;
import io.sftjob.trainer.config.RuntimeConfig;
import io.sftjob.trainer.report.Progress;
import io.sftjob.trainer.report.TerminationLog;
import io.sftjob.trainer.spec.RunSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code sft train}, {@code prepare} and {@code estimate} do, in a process that {@code cli}
 * has set up.
 */
public final class JobCommand {
  private static final Logger LOG = LoggerFactory.getLogger(JobCommand.class);

  private final Path spec;
  private final RuntimeConfig config;
  private final Surroundings surroundings;
  private final PartsFactory parts;

  /** What a process gives its job. */
  public record Surroundings(
      String podUid, Progress progress, TerminationLog terminationLog, BooleanSupplier stop) {}

  /** Makes the parts of a job. */
  interface PartsFactory {
    Parts of(RunSettings settings, RuntimeConfig config, Progress progress, BooleanSupplier stop);
  }

  public JobCommand(Path spec, RuntimeConfig config, Surroundings surroundings) {
    this(spec, config, surroundings, ModelParts::new);
  }

  JobCommand(Path spec, RuntimeConfig config, Surroundings surroundings, PartsFactory parts) {
    this.spec = spec;
    this.config = config;
    this.surroundings = surroundings;
    this.parts = parts;
  }

  public ExitCode train() {
    var settings = Resolve.settings(spec, config);
    var report = report(settings);
    // Even a failure before the output is taken must be newer than what its last owner reported.
    report.attempt(1 + Resolve.lastOwner(settings).map(Owner::attempt).orElse(0));
    Inputs.require(settings);
    var opened = Resolve.output(settings, config, surroundings.podUid());
    report.owns(opened);
    try (var made = parts(settings)) {
      return new JobRun(settings, made, report, surroundings.stop()).train(opened, config);
    }
  }

  /**
   * @param packs where the packed rows are written, if anywhere
   */
  public ExitCode prepare(Optional<PackFiles> packs) {
    var settings = Resolve.settings(spec, config);
    Inputs.require(settings);
    packs.ifPresent(files -> files.require(settings));
    var report = report(settings);
    String begun =
        Resolve.lastOwner(settings).map(Owner::begun).orElseGet(() -> Instant.now().toString());
    try (var made = parts(settings)) {
      var data = new JobRun(settings, made, report, surroundings.stop()).prepare(begun);
      packs.ifPresent(files -> files.write(data, report::saves));
    }
    report.phase(Phase.Done);
    return ExitCode.Done;
  }

  /**
   * Tells what memory {@link #train} will take; reads no weight and writes nothing.
   *
   * @param out hears a line at a time
   */
  public ExitCode estimate(Consumer<String> out) {
    var settings = Resolve.settings(spec, config);
    Inputs.require(settings);
    var forecast = new EstimateRun(settings, config).forecast();
    forecast.table().forEach(out);
    forecast.requireFit();
    forecast.warning().ifPresent(LOG::warn);
    return ExitCode.Done;
  }

  private Parts parts(RunSettings settings) {
    return parts.of(settings, config, surroundings.progress(), surroundings.stop());
  }

  private RunReport report(RunSettings settings) {
    return new RunReport(
        surroundings.progress(), surroundings.terminationLog(), settings.outputUri());
  }
}
