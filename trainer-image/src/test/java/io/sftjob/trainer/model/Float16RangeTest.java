package io.sftjob.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.quant.Codebook;
import io.sftjob.trainer.quant.QuantConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that float16 can not hold never become infinite without a word. */
class Float16RangeTest {
  private static final Optional<QuantConfig> NF4 =
      Optional.of(new QuantConfig.FourBit(Codebook.NF4, 64, false));

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"lm_head.weight", "model.norm.weight", "model.layers.1.mlp.up_proj.weight"})
  void aWeightBeyondItIsRefusedByItsTensor(String name) throws IOException {
    write(name, 65520); // the least that rounds to infinity
    for (var quantization : List.of(Optional.<QuantConfig>empty(), NF4)) {
      assertThatThrownBy(() -> load(ModelDtype.Float16, quantization).close())
          .isInstanceOfSatisfying(
              TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
          .hasMessage(
              folder.resolve("model.safetensors")
                  + ": tensor `"
                  + name
                  + "` holds weights beyond 65504, the largest number of float16; set spec.model.dtype to BFloat16 or Float32");
      load(ModelDtype.BFloat16, quantization).close();
    }
  }

  @Test
  void theLargestIsKept() throws IOException {
    write("lm_head.weight", 65519);
    try (var model = load(ModelDtype.Float16, Optional.empty())) {
      assertThat(model.dtype()).isEqualTo(ModelDtype.Float16);
    }
  }

  private CausalLm load(ModelDtype dtype, Optional<QuantConfig> quantization) {
    return CausalLm.load(folder, Device.cpu(), dtype, quantization, LoadListener.NONE);
  }

  private void write(String name, float value) throws IOException {
    var tensors = RandomModel.tensors(RandomModel.config(), folder, 1);
    tensors.stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow()
        .data()
        .putFloat(0, value);
    RandomModel.write(folder, RandomModel.config(), tensors);
  }
}
