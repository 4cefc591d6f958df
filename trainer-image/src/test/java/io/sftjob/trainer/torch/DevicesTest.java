package io.sftjob.trainer.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DevicesTest {
  @ParameterizedTest
  @CsvSource({
    "auto, 0, 0, cpu",
    "auto, 0, 2, cpu",
    "auto, 1, 2, gpu(0)",
    "cpu, 1, 1, cpu",
    "cuda, 0, 1, gpu(0)",
    "cuda:1, 0, 2, gpu(1)"
  })
  void picksWhatExists(String wanted, int gpus, int present, String expected) {
    assertThat(Devices.select(wanted, gpus, present).toString()).startsWith(expected);
  }

  @Test
  void neverTakesTheCpuInPlaceOfAGpu() {
    assertThatThrownBy(() -> Devices.select("auto", 1, 0))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessageContaining("asks for 1 GPUs; PyTorch sees 0");
    assertThatThrownBy(() -> Devices.select("cuda:1", 0, 1)).hasMessageContaining("`cuda:1`");
    assertThatThrownBy(() -> Devices.select("gpu", 0, 1))
        .hasMessageContaining("`gpu` is unknown; expected auto, cpu or cuda:N");
  }

  @Test
  void thisMachineHasACpu() {
    assertThat(Devices.select("auto", 0)).isEqualTo(Device.cpu());
  }
}
