package io.sftjob.trainer.train;

import static io.sftjob.trainer.model.Relative.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses, gradients and AdamW steps of transformers, PEFT and PyTorch on the same adapter. */
class TrainingParityTest {
  private static final Fixture FIXTURE = Fixture.of("tiny-llama");
  private static CausalLm model;

  @BeforeAll
  static void load() {
    model = FIXTURE.load(ModelDtype.Float32);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @ParameterizedTest
  @CsvSource({
    "adapter, adapter, all", "adapter, adapter, masked",
    "adapter-rslora, rslora, all", "adapter-rslora, rslora, masked",
    "adapter-qv, qv, all", "adapter-qv, qv, masked"
  })
  void lossIsThatOfPeft(String folder, String key, String mask) {
    try (var adapter = adapter(folder)) {
      double found = new Backprop(model.decoder(), adapter, false).loss(batch(mask));
      double expected = FIXTURE.json().path("losses").path(key).path(mask).path("sum").asDouble();
      assertThat(found).isCloseTo(expected, Offset.offset(1e-5 * expected));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gradientsAreThoseOfAutograd(boolean checkpointing) {
    for (String mask : List.of("all", "masked")) {
      try (var adapter = adapter("adapter")) {
        TokenBatch batch = batch(mask);
        new Backprop(model.decoder(), adapter, checkpointing).add(batch, batch.targets().length, 0);
        for (int i = 0; i < adapter.names().size(); i++) {
          float[] expected = FIXTURE.tensor("adapter.grad." + mask + "." + adapter.names().get(i));
          try (NDArray gradient = adapter.parameters().get(i).getGradient()) {
            assertClose(adapter.names().get(i), gradient.toFloatArray(), expected, 1e-3);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"clipped, 1", "unclipped, 0"})
  void fiveStepsOfAdamW(String key, double maxGradNorm) {
    var expected = FIXTURE.json().path("training").path(key).path("steps");
    try (var adapter = adapter("adapter");
        var optimizer = AdamW.initial(model.kernels(), adapter)) {
      TokenBatch batch = batch("all");
      var backprop = new Backprop(model.decoder(), adapter, true);
      for (int step = 0; step < expected.size(); step++) {
        int targets = batch.targets().length;
        double loss = backprop.add(batch, targets, 0) / targets;
        double norm =
            optimizer.step(step + 1, 1e-2, 1, TrainSettings.Optimizer.of(0.01, maxGradNorm));
        assertThat(loss)
            .isCloseTo(expected.path(step).path("loss").asDouble(), Offset.offset(1e-4));
        assertThat(norm)
            .isCloseTo(expected.path(step).path("gradNorm").asDouble(), Offset.offset(1e-3));
      }
      for (int i = 0; i < adapter.names().size(); i++) {
        String name = adapter.names().get(i);
        assertClose(
            name,
            adapter.parameters().get(i).toFloatArray(),
            FIXTURE.tensor("adapter.final." + key + "." + name),
            1e-3);
      }
    }
  }

  @Test
  void theInitialAdapterChangesNothing() {
    try (var adapter = LoraAdapter.initial(TinyRun.LORA, model.decoder(), 1)) {
      double found = new Backprop(model.decoder(), adapter, false).loss(batch("all"));
      double expected =
          FIXTURE.json().path("losses").path("base").path("all").path("sum").asDouble();
      assertThat(found).isCloseTo(expected, Offset.offset(1e-5 * expected));
    }
  }

  private static LoraAdapter adapter(String folder) {
    try (var file =
        SafetensorsFile.open(
            FIXTURE.folder().resolve(folder).resolve("adapter_model.safetensors"))) {
      var config =
          new LoraConfig(
              4,
              8,
              0,
              folder.endsWith("qv") ? List.of("q_proj", "v_proj") : List.of("AllLinear"),
              folder.endsWith("rslora"));
      return LoraAdapter.of(folder, config, model.spec(), model.kernels(), file.copy());
    }
  }

  private static TokenBatch batch(String mask) {
    return TokenBatch.of(List.of(new PackedRow(FIXTURE.documents(mask))));
  }
}
