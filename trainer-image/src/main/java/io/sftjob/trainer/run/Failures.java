package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.store.StorageFailure;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What went wrong, for the exit code and for a person. */
public record Failures(ExitCode code, String message) {

  public static Failures of(Throwable failure) {
    return switch (failure) {
      case TrainerException known -> new Failures(known.code(), known.getMessage());
      case OutOfMemoryError heap ->
          new Failures(
              ExitCode.OutOfMemory,
              "The Java heap is exhausted (%s). Lower spec.training.batchSize or spec.packing.maxLength, or raise the memory limit."
                  .formatted(heap.getMessage()));
      case UncheckedIOException io -> of(io.getCause());
      case IOException io -> of(StorageFailure.of("Reading or writing", io));
      default -> new Failures(ExitCode.Internal, "Unexpected failure: " + failure);
    };
  }
}
