package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.MemoryEstimateStatus;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.estimate.MemoryEstimate;
import io.sftjob.trainer.estimate.MemoryEstimate.Part;
import io.sftjob.trainer.estimate.MemoryEstimate.Place;
import io.sftjob.trainer.run.MemoryLimits.Limit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a job's training will take, beside what there is.
 *
 * @param least that it takes for certain, where it computes
 * @param ways to need less that the spec leaves open
 */
record Forecast(MemoryEstimate estimate, long least, MemoryLimits limits, List<String> ways) {
  /**
   * @throws TrainerException if the job can not run
   */
  void requireFit() {
    limits
        .ofComputation()
        .filter(limit -> least > limit.bytes())
        .ifPresent(
            limit -> {
              throw new TrainerException(
                  ExitCode.InvalidSpec,
                  "The job can not fit in memory: it needs at least %s, about %s at its peak (%s); there are %s (%s). Ways out: %s."
                      .formatted(
                          mib(least),
                          mib(Math.max(least, needed())),
                          parts(),
                          mib(limit.bytes()),
                          limit.where(),
                          String.join("; ", ways)));
            });
  }

  /** What may go wrong, and may not. */
  Optional<String> warning() {
    return limits
        .ofComputation()
        .filter(limit -> needed() * (1 + MemoryEstimate.ERROR) > limit.bytes())
        .map(
            limit ->
                "The memory may not suffice: about %s are needed at the peak, there are %s (%s). Ways to need less: %s."
                    .formatted(
                        mib(needed()), mib(limit.bytes()), limit.where(), String.join("; ", ways)));
  }

  /**
   * For the log.
   *
   * @param rows that were assumed
   */
  String line(String rows) {
    return "Memory: about %s at the peak with %s%s; there are %s: %s"
        .formatted(
            mib(estimate.peak()),
            rows,
            onGpu() ? ", and %s on the GPU".formatted(mib(estimate.sum(Place.Gpu))) : "",
            limits.ofComputation().map(limit -> mib(limit.bytes())).orElse("nobody knows how many"),
            parts());
  }

  /** For the log, at the end. */
  String outcome(double peakBytes) {
    return "Memory: the peak was %s; about %s were foretold"
        .formatted(mib((long) peakBytes), mib(estimate.peak()));
  }

  /** For a person, one part a line. */
  List<String> table() {
    var lines = new ArrayList<String>();
    for (Part part : Part.values()) {
      lines.add(row(part.words(), estimate.of(part)));
    }
    lines.add(row("peak, resident", estimate.peak()));
    lines.add(row("of it pages of files", estimate.sum(Place.File)));
    lines.add(row("limit", limits.memory().bytes()) + "  " + limits.memory().where());
    if (onGpu()) {
      lines.add(row("peak on the GPU", estimate.sum(Place.Gpu)));
      lines.add(
          limits
              .ofComputation()
              .map(limit -> row("limit", limit.bytes()) + "  " + limit.where())
              .orElse("limit: not known, this machine has no GPU"));
    }
    return lines;
  }

  MemoryEstimateStatus status() {
    return new MemoryEstimateStatus(
        estimate.peak(),
        onGpu() ? estimate.sum(Place.Gpu) : null,
        limits.ofComputation().map(Limit::bytes).orElse(null),
        estimate.of(Part.Process),
        estimate.of(Part.Weights),
        estimate.of(Part.Adapters),
        estimate.of(Part.Optimizer),
        estimate.of(Part.Activations),
        estimate.of(Part.Head),
        estimate.of(Part.Data) + estimate.of(Part.Loading));
  }

  private boolean onGpu() {
    return limits.computesOnGpu();
  }

  /** Where the job computes; pages of files may go. */
  private long needed() {
    return estimate.sum(onGpu() ? Place.Gpu : Place.Memory);
  }

  private String parts() {
    return Arrays.stream(Part.values())
        .filter(part -> estimate.of(part) > 0)
        .map(part -> part.words() + " " + mib(estimate.of(part)))
        .collect(Collectors.joining(", "));
  }

  private static String row(String name, long bytes) {
    return String.format(Locale.ROOT, "%-22s %,10d MiB", name, Math.round(bytes / 1048576.0));
  }

  private static String mib(long bytes) {
    return String.format(Locale.ROOT, "%,d MiB", Math.round(bytes / 1048576.0));
  }
}
