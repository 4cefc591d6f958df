package io.sftjob.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.torch.Autograd;
import io.sftjob.trainer.torch.Managed;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamedTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny-llama-sharded",
        "family-qwen3",
        "family-chatglm3",
        "family-baichuan2-13b",
        "family-baichuan-7b-bin",
        "gguf/tiny-llama.gguf"
      })
  void aStreamedModelComputesTheSameBitsAndHoldsOneLayer(String fixture) {
    var path = Fixture.of("tiny-llama").folder().resolveSibling(fixture);
    try (var whole = CausalLm.load(path, Device.cpu(), ModelDtype.Float32, LoadListener.NONE);
        var streamed = CausalLm.streamed(path)) {
      assertThat(logits(streamed)).isEqualTo(logits(whole));
      int one = Managed.count(streamed.kernels().manager());
      assertThat(logits(streamed)).isEqualTo(logits(whole));
      assertThat(Managed.count(streamed.kernels().manager())).isEqualTo(one);
      assertThat(streamed.spec().layers()).isGreaterThan(1);
      assertThat(one).isLessThan(Managed.count(whole.kernels().manager()));
    }
  }

  private static float[] logits(CausalLm model) {
    try (NDManager scope = model.kernels().manager().newSubManager();
        var mode = Autograd.notRecording()) {
      var sequences = model.decoder().sequences(scope, new int[] {5, 17, 100, 42}, new long[] {4});
      return model.decoder().logits(scope, sequences, Adapter.NONE).toFloatArray();
    }
  }
}
