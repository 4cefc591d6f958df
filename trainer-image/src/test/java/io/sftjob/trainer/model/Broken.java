package io.sftjob.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A way to break what lies at a path, and what is said of it. */
record Broken(String name, String message, Breakage breakage) {

  interface Breakage {
    void apply(Path path) throws IOException;
  }

  static void cut(Path file, double divisor) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, (int) (bytes.length / divisor)));
  }

  static void refused(Path path, String message) {
    assertThatThrownBy(
            () -> CausalLm.load(path, Device.cpu(), ModelDtype.Auto, LoadListener.NONE).close())
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageContaining(path.toString())
        .hasMessageContaining(message);
  }

  @Override
  public String toString() {
    return name;
  }
}
