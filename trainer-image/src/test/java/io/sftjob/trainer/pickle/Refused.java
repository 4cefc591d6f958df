package io.sftjob.trainer.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.nio.file.Path;

final class Refused {
  private Refused() {}

  static void asTorch(Path path, String message) {
    assertThatThrownBy(() -> TorchFile.open(path))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageStartingWith(path + ": not a usable PyTorch file: ")
        .hasMessageContaining(message);
  }
}
