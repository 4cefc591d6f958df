package io.sftjob.trainer.train;

import static io.sftjob.trainer.model.Relative.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.api.v1alpha1.LrScheduler;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.safetensors.HostTensor;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against transformers, PEFT and torch.amp in float16. Both sides round to 11 bits, in another
 * order, at each of a few dozen operations: TOLERANCE is eight units in the last place of the
 * largest element.
 */
class Float16ParityTest {
  private static final Fixture EXPECTED = Fixture.of("float16");
  private static final double TOLERANCE = 8 * 0x1p-11;

  @ParameterizedTest
  @ValueSource(strings = {"tiny-llama", "family-mistral", "family-qwen2", "family-qwen3"})
  void logitsAreThoseOfTransformers(String name) {
    var fixture = Fixture.of(name);
    var saved = PeftFiles.read(fixture.folder().resolve("adapter"));
    try (var model = fixture.load(ModelDtype.Float16);
        var adapter =
            LoraAdapter.of(name, saved.config(), model.spec(), model.kernels(), saved.tensors());
        NDManager scope = model.kernels().manager().newSubManager()) {
      List<int[]> documents = fixture.documents();
      for (int i = 0; i < documents.size(); i++) {
        int[] ids = documents.get(i);
        var sequences = model.decoder().sequences(scope, ids, new long[] {ids.length});
        assertClose(
            "document " + i,
            model.decoder().logits(scope, sequences, adapter).toFloatArray(),
            EXPECTED.tensor(name + ".logits." + i),
            TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-llama", "family-mistral", "family-qwen2", "family-qwen3"})
  void gradientsAreThoseOfPeft(String name) {
    var fixture = Fixture.of(name);
    var saved = PeftFiles.read(fixture.folder().resolve("adapter"));
    double scale = EXPECTED.json().path("fixedScale").asDouble();
    for (boolean checkpointing : new boolean[] {false, true}) {
      try (var model = fixture.load(ModelDtype.Float16);
          var adapter =
              LoraAdapter.of(
                  name, saved.config(), model.spec(), model.kernels(), saved.tensors())) {
        TokenBatch batch = TokenBatch.of(List.of(new PackedRow(fixture.documents("all"))));
        new Backprop(model.decoder(), adapter, checkpointing)
            .add(batch, batch.targets().length / scale, 0);
        for (int i = 0; i < adapter.names().size(); i++) {
          String tensor = adapter.names().get(i);
          try (NDArray gradient = adapter.parameters().get(i).getGradient()) {
            float[] found = gradient.toFloatArray();
            for (int k = 0; k < found.length; k++) {
              found[k] /= (float) scale;
            }
            assertClose(tensor, found, EXPECTED.tensor(name + ".grad." + tensor), 2 * TOLERANCE);
          }
        }
      }
    }
  }

  /** Overflowing steps leave everything alone but the scale; a scale that has grown is undone. */
  @ParameterizedTest
  @CsvSource({
    "tiny-llama, overflows", "tiny-llama, grows",
    "family-mistral, overflows", "family-mistral, grows",
    "family-qwen2, overflows", "family-qwen2, grows",
    "family-qwen3, overflows", "family-qwen3, grows"
  })
  void stepsAreThoseOfGradScaler(String name, String run) {
    var fixture = Fixture.of(name);
    var saved = PeftFiles.read(fixture.folder().resolve("adapter"));
    JsonNode runs = EXPECTED.json().path("runs").path(name + "." + run);
    JsonNode steps = runs.path("steps");
    assertThat(steps).hasSize(12);
    List<PackedRow> rows = List.of(new PackedRow(fixture.documents("all")));
    try (var model = fixture.load(ModelDtype.Float16);
        var session =
            TrainingSessions.start(
                model,
                saved.config(),
                recipe(steps.size()),
                rows,
                List.of(),
                Optional.of(beginning(saved.tensors(), runs.path("start"))))) {
      long rescaled = 0;
      for (JsonNode expected : steps) {
        boolean skipped = expected.path("skipped").asBoolean();
        var step = session.next(() -> false).orElseThrow();
        rescaled += skipped ? 1 : 0;
        assertThat(step.counts().lossScale()).isEqualTo(scale(expected));
        assertThat(step.counts().rescaledSteps()).isEqualTo(rescaled);
        assertThat(step.counts().skippedSteps()).isZero();
        assertThat(step.learningRate())
            .isCloseTo(expected.path("learningRate").asDouble(), Offset.offset(1e-12));
        assertNear(step.loss(), expected.path("loss"));
        assertThat(Double.isFinite(step.gradNorm())).isEqualTo(!skipped);
        if (!skipped) {
          assertNear(step.gradNorm(), expected.path("gradNorm"));
        }
      }
    }
  }

  private static TrainState beginning(List<HostTensor> adapter, JsonNode start) {
    var zero = TrainState.beginning(adapter);
    return new TrainState(
        TrainCounts.NONE.with(scale(start)), adapter, zero.expAvg(), zero.expAvgSq());
  }

  private static LossScale scale(JsonNode json) {
    return new LossScale(json.path("scale").asDouble(), json.path("growthTracker").asInt());
  }

  private static TrainSettings recipe(int steps) {
    return new TrainSettings(
        new TrainSettings.Length.Steps(steps),
        TrainSettings.Rate.of(LrScheduler.Cosine, 1e-2, new TrainSettings.Warmup.Steps(2)),
        TrainSettings.Optimizer.of(0.01, 1),
        TrainSettings.Objective.NLL,
        1,
        1,
        true,
        3,
        7);
  }

  /** Losses and norms after some steps differ by what the rounding of each has moved. */
  private static void assertNear(double found, JsonNode expected) {
    assertThat(found)
        .isCloseTo(expected.asDouble(), Offset.offset(2 * TOLERANCE * expected.asDouble()));
  }
}
