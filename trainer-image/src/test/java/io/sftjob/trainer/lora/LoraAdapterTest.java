package io.sftjob.trainer.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraAdapterTest {
  @AutoClose private static CausalLm model = Fixture.of("tiny-llama").load(ModelDtype.Float32);

  @ParameterizedTest
  @CsvSource({
    "AllLinear, 14",
    "q_proj, 2",
    "self_attn.q_proj, 2",
    "model.layers.1.self_attn.q_proj, 1",
    "layers.0.mlp.down_proj, 1",
    "q_proj;v_proj;layers.0.self_attn.q_proj, 4",
  })
  void matchesModulesAsPeftDoes(String targets, int modules) {
    try (var adapter = initial(config(targets.split(";")), 1)) {
      assertThat(adapter.names()).hasSize(2 * modules).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @CsvSource({"lm_head", "proj", "q_pro", "_proj", "model.layers.2.self_attn.q_proj", "W_pack"})
  void refusesAnUnmatchedNameAndListsWhatThereIs(String target) {
    assertThatThrownBy(() -> initial(config("q_proj", target), 1))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessage(
            "spec.lora.targetModules: no linear module of this model is called `%s`. There are down_proj, gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj, or AllLinear for all of them."
                .formatted(target));
  }

  /** kaiming_uniform(a = √5): U(-1/√in, 1/√in); B is zero. */
  @Test
  void isInitialisedAsInPeft() {
    var config = new LoraConfig(64, 1, 0, List.of("AllLinear"), false);
    try (var adapter = initial(config, 1)) {
      for (int i = 0; i < adapter.names().size(); i += 2) {
        NDArray a = adapter.parameters().get(i);
        double bound = 1 / Math.sqrt(a.getShape().get(1));
        float[] values = a.toFloatArray();
        double sum = 0;
        double squares = 0;
        for (float value : values) {
          assertThat(Math.abs(value)).isLessThanOrEqualTo((float) bound);
          sum += value;
          squares += value * value;
        }
        // Of a uniform distribution: mean 0, variance bound² / 3; ten standard errors wide.
        double error = 10 * bound / Math.sqrt(3.0 * values.length);
        assertThat(sum / values.length).isCloseTo(0, Offset.offset(error));
        assertThat(squares / values.length)
            .isCloseTo(bound * bound / 3, Offset.offset(error * bound));
        assertThat(adapter.parameters().get(i + 1).toFloatArray()).containsOnly(0);
      }
    }
  }

  @Test
  void theInitialisationFollowsFromSeedAndModuleAlone() {
    try (var all = initial(config("AllLinear"), 1);
        var some = initial(config("v_proj"), 1);
        var other = initial(config("v_proj"), 2)) {
      String name = some.names().getFirst();
      float[] expected = some.parameters().getFirst().toFloatArray();
      assertThat(all.parameters().get(all.names().indexOf(name)).toFloatArray())
          .isEqualTo(expected);
      assertThat(other.parameters().getFirst().toFloatArray()).isNotEqualTo(expected);
      assertThat(some.parameters().get(2).toFloatArray()).isNotEqualTo(expected);
      // The published stream: a change would change what a seed means.
      assertThat(expected).startsWith(-0.078182f, 0.0469947f, 0.04187891f);
    }
  }

  @Test
  void scalesByAlphaOverRankOrItsRoot() {
    assertThat(new LoraConfig(16, 32, 0, List.of("x"), false).scale()).isEqualTo(2);
    assertThat(new LoraConfig(16, 32, 0, List.of("x"), true).scale()).isEqualTo(8);
  }

  @Test
  void refusesTensorsThatDoNotFitByName() {
    var saved = PeftFiles.read(Fixture.of("tiny-llama").folder().resolve("adapter-qv"));
    List<HostTensor> tensors = saved.tensors();
    assertThatThrownBy(() -> adapter(saved.config(), tensors.subList(1, tensors.size())))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessage("it: no tensor `%s`".formatted(tensors.getFirst().name()));
    var more = new ArrayList<>(tensors);
    more.add(new HostTensor("extra", Dtype.F32, new long[] {1}, ByteBuffer.allocate(4)));
    assertThatThrownBy(() -> adapter(saved.config(), more))
        .hasMessageStartingWith("it: `extra` is there");
    assertThatThrownBy(
            () -> adapter(new LoraConfig(8, 8, 0, List.of("q_proj", "v_proj"), false), tensors))
        .hasMessage(
            "it: tensor `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight` is F32 [4, 64]; expected F32 [8, 64]");
  }

  private static LoraConfig config(String... targets) {
    return new LoraConfig(4, 8, 0, List.of(targets), false);
  }

  private static LoraAdapter initial(LoraConfig config, long seed) {
    return LoraAdapter.initial(config, model.decoder(), seed);
  }

  private static LoraAdapter adapter(LoraConfig config, List<HostTensor> tensors) {
    return LoraAdapter.of("it", config, model.spec(), model.kernels(), tensors);
  }
}
