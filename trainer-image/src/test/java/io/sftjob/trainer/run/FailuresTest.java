package io.sftjob.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.djl.Device;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.store.StorageFailure;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
  @Test
  void whatPyTorchCanNotAllocateIsOutOfMemory() {
    TorchRuntime.start(OptionalInt.of(2));
    try (var kernels = Kernels.load(Device.cpu())) {
      var like = kernels.manager().create(1f);
      long[] shape = {1L << 50};
      var failure = catchThrowable(() -> kernels.tensor(kernels.manager(), "zeros", shape, like));
      var known = Failures.of(failure);
      assertThat(known.code()).isEqualTo(ExitCode.OutOfMemory);
      assertThat(known.message()).contains("spec.training.batchSize");
    }
  }

  @Test
  void aFullDiskIsUnavailable() {
    var failure = catchThrowable(() -> Files.write(Path.of("/dev/full"), new byte[] {1}));
    assertThat(Failures.of(failure).code()).isEqualTo(ExitCode.StorageUnavailable);
    assertThat(Failures.of(failure).message()).contains("No space left on device");
  }

  @ParameterizedTest
  @MethodSource
  void storageSaysWhetherARetryCanHelp(IOException failure, ExitCode code) {
    assertThat(StorageFailure.of("Saving", failure).code()).isEqualTo(code);
    assertThat(Failures.of(new UncheckedIOException(failure)).code()).isEqualTo(code);
  }

  static Stream<Arguments> storageSaysWhetherARetryCanHelp() {
    return Stream.of(
        Arguments.of(new AccessDeniedException("/out"), ExitCode.StorageRefused),
        Arguments.of(new NoSuchFileException("/out"), ExitCode.StorageRefused),
        Arguments.of(
            new FileSystemException("/out", null, "Read-only file system"),
            ExitCode.StorageRefused),
        Arguments.of(
            new FileSystemException("/out", null, "No space left on device"),
            ExitCode.StorageUnavailable),
        Arguments.of(new IOException("Input/output error"), ExitCode.StorageUnavailable));
  }

  @Test
  void aDefectIsInternalAndNamed() {
    var known = Failures.of(new IllegalStateException("two heads"));
    assertThat(known.code()).isEqualTo(ExitCode.Internal);
    assertThat(known.message()).contains("IllegalStateException").contains("two heads");
  }
}
