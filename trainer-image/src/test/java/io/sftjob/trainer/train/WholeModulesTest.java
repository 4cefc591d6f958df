package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.lora.Targets;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.torch.Managed;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The embedding and the head, trained whole beside an adapter. */
class WholeModulesTest {
  private static final int STEPS = 8;

  @ParameterizedTest
  @CsvSource({
    "tiny-llama, embed_tokens, lm_head",
    "tiny-llama-sharded, embed_tokens, lm_head",
    "family-baichuan2-7b, embed_tokens, lm_head",
    "family-chatglm3, word_embeddings, output_layer",
    "family-qwen, wte, lm_head"
  })
  void beginAsTheCheckpointHoldsThem(String fixture, String embedding, String head) {
    try (var model = Fixture.of(fixture).load(ModelDtype.BFloat16);
        var adapter = LoraAdapter.initial(config(embedding, head), model.decoder(), 1)) {
      int count = adapter.names().size();
      assertThat(adapter.names().get(count - 2)).endsWith("." + embedding + ".weight");
      assertThat(adapter.names().get(count - 1)).endsWith("." + head + ".weight");
      assertThat(adapter.parameters().get(count - 2).toFloatArray())
          .isEqualTo(values(model, model.decoder().embedding()));
      assertThat(adapter.parameters().get(count - 1).toFloatArray())
          .isEqualTo(values(model, model.decoder().storedHead()));
    }
  }

  @ParameterizedTest
  @CsvSource({"Float32, true", "Float32, false", "BFloat16, true", "Float16, true"})
  void learnAndLeaveTheModelAlone(ModelDtype dtype, boolean checkpointing) {
    try (var model = Fixture.of("tiny-llama").load(dtype)) {
      float[] embedding = values(model, model.decoder().embedding());
      float[] head = values(model, model.decoder().storedHead());
      try (var session = session(model, checkpointing)) {
        TrainState before = session.snapshot();
        double first = session.next(() -> false).orElseThrow().loss();
        int managed = Managed.count(model.kernels().manager());
        double last = first;
        while (session.step() < session.totalSteps()) {
          last = session.next(() -> false).orElseThrow().loss();
        }
        assertThat(last).isLessThan(first - 0.5);
        assertThat(Managed.count(model.kernels().manager())).isEqualTo(managed);
        List<HostTensor> after = session.snapshot().adapter();
        for (int i = 0; i < after.size(); i++) {
          assertThat(after.get(i).data())
              .as(after.get(i).name())
              .isNotEqualTo(before.adapter().get(i).data());
        }
      }
      assertThat(values(model, model.decoder().embedding())).isEqualTo(embedding);
      assertThat(values(model, model.decoder().storedHead())).isEqualTo(head);
    }
  }

  @ParameterizedTest
  @CsvSource({"BFloat16, 1", "Float16, 1024"})
  void roundedGradientsPointTheSameWay(ModelDtype dtype, double scale) {
    double dot = 0;
    double exactSquare = 0;
    double roundedSquare = 0;
    float[][] exact = gradients(ModelDtype.Float32, 1);
    float[][] rounded = gradients(dtype, scale);
    for (int t = 0; t < exact.length; t++) {
      for (int i = 0; i < exact[t].length; i++) {
        dot += (double) exact[t][i] * rounded[t][i];
        exactSquare += (double) exact[t][i] * exact[t][i];
        roundedSquare += (double) rounded[t][i] * rounded[t][i];
      }
    }
    assertThat(dot / Math.sqrt(exactSquare * roundedSquare)).isGreaterThan(0.999);
    assertThat(roundedSquare / (scale * scale) / exactSquare)
        .isCloseTo(1, Percentage.withPercentage(2));
  }

  /** Of embedding and head alone. */
  private static float[][] gradients(ModelDtype dtype, double scale) {
    try (var model = Fixture.of("tiny-llama").load(dtype);
        var adapter = LoraAdapter.initial(tiny(), model.decoder(), 1)) {
      var batch = TokenBatch.of(TinyRun.rows(4, 512, 9));
      new Backprop(model.decoder(), adapter, true).add(batch, 1 / scale, 0);
      int count = adapter.parameters().size();
      float[][] gradients = new float[2][];
      for (int i = 0; i < 2; i++) {
        try (NDArray gradient = adapter.parameters().get(count - 2 + i).getGradient()) {
          gradients[i] = gradient.toFloatArray();
        }
      }
      return gradients;
    }
  }

  /** A training that begins at given weights begins at exactly these. */
  @Test
  void aBeginningIsWhereTheTrainingStarts() {
    try (var model = Fixture.of("tiny-llama").load(ModelDtype.Float32)) {
      TrainState trained;
      try (var session = session(model, true)) {
        session.next(() -> false).orElseThrow();
        trained = session.snapshot();
      }
      try (var session =
          TrainingSessions.start(
              model,
              tiny(),
              TinyRun.settings(STEPS, true),
              rows(),
              List.of(),
              Optional.of(TrainState.beginning(trained.adapter())))) {
        assertThat(session.step()).isZero();
        for (int i = 0; i < trained.adapter().size(); i++) {
          assertThat(session.snapshot().adapter().get(i).data())
              .isEqualTo(trained.adapter().get(i).data());
          assertThat(session.snapshot().expAvg().get(i).data().getInt(0)).isZero();
        }
        assertThat(session.next(() -> false).orElseThrow().step()).isEqualTo(1);
      }
    }
  }

  private static TrainingSession session(CausalLm model, boolean checkpointing) {
    return TrainingSessions.start(
        model, tiny(), TinyRun.settings(STEPS, checkpointing), rows(), List.of(), Optional.empty());
  }

  private static List<PackedRow> rows() {
    return TinyRun.rows(4, 512, 9);
  }

  private static LoraConfig tiny() {
    return config("embed_tokens", "lm_head");
  }

  private static LoraConfig config(String... modulesToSave) {
    return new LoraConfig(
        4, 8, 0, new Targets.AllLinear(), false, Map.of(), Map.of(), List.of(modulesToSave));
  }

  private static float[] values(CausalLm model, NDArray tensor) {
    try (var scope = model.kernels().manager().newSubManager()) {
      return model.kernels().convert(scope, tensor, TorchDtype.FLOAT32).toFloatArray();
    }
  }
}
