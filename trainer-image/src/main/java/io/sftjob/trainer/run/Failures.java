package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.store.StorageFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/** What went wrong, for the exit code and for a person. */
public record Failures(ExitCode code, String message) {
  private static final String LESS_MEMORY =
      "Lower spec.training.batchSize or spec.packing.maxLength, or raise the memory limit.";

  /** How PyTorch's allocators for CPU and CUDA say it; they throw what they always throw. */
  private static final Pattern ALLOCATION =
      Pattern.compile("out of memory|not enough memory|can't allocate memory");

  public static Failures of(Throwable failure) {
    return switch (failure) {
      case TrainerException known -> new Failures(known.code(), known.getMessage());
      case OutOfMemoryError heap ->
          new Failures(
              ExitCode.OutOfMemory,
              "The Java heap is exhausted (%s). %s".formatted(heap.getMessage(), LESS_MEMORY));
      case UncheckedIOException io -> of(io.getCause());
      case IOException io -> of(StorageFailure.of("Reading or writing", io));
      default ->
          exhausted(failure)
              ? new Failures(
                  ExitCode.OutOfMemory,
                  "PyTorch is out of memory (%s). %s".formatted(failure.getMessage(), LESS_MEMORY))
              : new Failures(ExitCode.Internal, "Unexpected failure: " + failure);
    };
  }

  private static boolean exhausted(Throwable failure) {
    return failure.getMessage() != null && ALLOCATION.matcher(failure.getMessage()).find();
  }
}
