package io.sftjob.trainer.train;

import static io.sftjob.trainer.model.Relative.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.Adapter;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.FamilyFixtures;
import io.sftjob.trainer.model.Fixture;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every family against its own implementation, on tiny random checkpoints that carry its quirks:
 * logits, losses, gradients, AdamW steps, and packs against documents alone.
 */
class FamilyParityTest {
  static Stream<String> families() {
    return FamilyFixtures.names();
  }

  @Test
  void allFamiliesAreThere() {
    assertThat(families())
        .contains(
            "family-baichuan-13b",
            "family-baichuan-7b",
            "family-baichuan2-13b",
            "family-baichuan2-7b",
            "family-chatglm3",
            "family-mistral",
            "family-qwen",
            "family-qwen2",
            "family-qwen3",
            "family-yi");
  }

  @ParameterizedTest
  @MethodSource("families")
  void logits(String family) {
    var fixture = Fixture.of(family);
    try (var model = fixture.load(ModelDtype.Float32)) {
      List<int[]> documents = fixture.documents();
      for (int i = 0; i < documents.size(); i++) {
        int[] ids = documents.get(i);
        assertClose(
            "document " + i,
            logits(model, ids, new long[] {ids.length}),
            fixture.tensor("base.logits." + i),
            1e-4);
      }
      long[] lengths = documents.stream().mapToLong(d -> d.length).toArray();
      int[] ids = documents.stream().flatMapToInt(IntStream::of).toArray();
      assertClose("pack", logits(model, ids, lengths), fixture.tensor("base.logits.packed"), 1e-4);
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void lossesAndGradients(String family) {
    var fixture = Fixture.of(family);
    try (var model = fixture.load(ModelDtype.Float32)) {
      for (String mask : List.of("all", "masked")) {
        for (boolean checkpointing : new boolean[] {false, true}) {
          lossAndGradients(fixture, model, mask, checkpointing);
        }
      }
    }
  }

  private static void lossAndGradients(
      Fixture fixture, CausalLm model, String mask, boolean checkpointing) {
    try (var adapter = adapter(fixture, model)) {
      TokenBatch batch = TokenBatch.of(List.of(new PackedRow(fixture.documents(mask))));
      var backprop = new Backprop(model.decoder(), adapter, checkpointing);
      double loss = backprop.add(batch, batch.targets().length, 0);
      double expected =
          fixture.json().path("losses").path("adapter").path(mask).path("sum").asDouble();
      assertThat(loss).isCloseTo(expected, Offset.offset(1e-5 * expected));
      for (int i = 0; i < adapter.names().size(); i++) {
        String name = adapter.names().get(i);
        try (NDArray gradient = adapter.parameters().get(i).getGradient()) {
          assertClose(
              name,
              gradient.toFloatArray(),
              fixture.tensor("adapter.grad." + mask + "." + name),
              1e-3);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void fiveStepsOfAdamW(String family) {
    var fixture = Fixture.of(family);
    var expected = fixture.json().path("training").path("clipped").path("steps");
    assertThat(expected).hasSize(5);
    try (var model = fixture.load(ModelDtype.Float32);
        var adapter = adapter(fixture, model);
        var optimizer = AdamW.initial(model.kernels(), adapter)) {
      TokenBatch batch = TokenBatch.of(List.of(new PackedRow(fixture.documents("all"))));
      var backprop = new Backprop(model.decoder(), adapter, true);
      for (int step = 0; step < expected.size(); step++) {
        int targets = batch.targets().length;
        double loss = backprop.add(batch, targets, 0) / targets;
        optimizer.step(step + 1, 1e-2, 1, TrainSettings.Optimizer.of(0.01, 1));
        assertThat(loss)
            .isCloseTo(expected.path(step).path("loss").asDouble(), Offset.offset(1e-4));
      }
      for (int i = 0; i < adapter.names().size(); i++) {
        String name = adapter.names().get(i);
        assertClose(
            name,
            adapter.parameters().get(i).toFloatArray(),
            fixture.tensor("adapter.final.clipped." + name),
            1e-3);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aPackIsTheSumOfItsDocuments(String family) {
    var fixture = Fixture.of(family);
    List<Document> documents = fixture.documents("all");
    try (var model = fixture.load(ModelDtype.Float32);
        var together = adapter(fixture, model);
        var apart = adapter(fixture, model)) {
      double pack =
          new Backprop(model.decoder(), together, true)
              .add(TokenBatch.of(List.of(new PackedRow(documents))), 1, 0);
      double sum = 0;
      for (Document document : documents) {
        sum +=
            new Backprop(model.decoder(), apart, true)
                .add(TokenBatch.of(List.of(new PackedRow(List.of(document)))), 1, 0);
      }
      assertThat(pack).isCloseTo(sum, Offset.offset(1e-5 * sum));
      for (int i = 0; i < together.names().size(); i++) {
        try (NDArray one = together.parameters().get(i).getGradient();
            NDArray other = apart.parameters().get(i).getGradient()) {
          assertClose(together.names().get(i), one.toFloatArray(), other.toFloatArray(), 1e-5);
        }
      }
    }
  }

  private static LoraAdapter adapter(Fixture fixture, CausalLm model) {
    var saved = PeftFiles.read(fixture.folder().resolve("adapter"));
    return LoraAdapter.of(
        "fixture", saved.config(), model.spec(), model.kernels(), saved.tensors());
  }

  private static float[] logits(CausalLm model, int[] ids, long[] lengths) {
    try (NDManager scope = model.kernels().manager().newSubManager()) {
      var sequences = model.decoder().sequences(scope, ids, lengths);
      return model.decoder().logits(scope, sequences, Adapter.NONE).toFloatArray();
    }
  }
}
