package io.sftjob.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.torch.Autograd;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that transformers and bitsandbytes quantized and saved. */
class QuantizedCheckpointTest {

  @ParameterizedTest
  @ValueSource(strings = {"quantized-nf4", "quantized-int8"})
  void logitsAreThoseOfTheSameWeights(String name) {
    var fixture = Fixture.of(name);
    JsonNode rows = fixture.json().path("ids");
    assertThat(rows).isNotEmpty();
    try (var model = fixture.load(ModelDtype.Float32);
        NDManager scope = model.kernels().manager().newSubManager();
        var mode = Autograd.notRecording()) {
      for (int row = 0; row < rows.size(); row++) {
        int[] ids =
            StreamSupport.stream(rows.get(row).spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
        var sequences = model.decoder().evaluated(scope, ids, new long[] {ids.length});
        float[] found = model.decoder().logits(scope, sequences, Adapter.NONE).toFloatArray();
        Relative.assertClose("row " + row, found, fixture.tensor("logits." + row), 1e-4);
      }
    }
  }

  @Test
  void quantizingTwiceIsRefused() {
    var fixture = Fixture.of("quantized-nf4");
    assertThatThrownBy(() -> fixture.load(ModelDtype.Float32, new QuantConfig.Int8()).close())
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageContaining("is quantized already; leave spec.model.quantization out");
  }
}
