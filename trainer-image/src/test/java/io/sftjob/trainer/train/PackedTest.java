package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.assertj.core.data.Offset;

/** A batch is the sum of its documents, and recomputing layers changes no bit. */
class PackedTest {
  private static CausalLm float32;
  private static CausalLm bfloat16;

  @BeforeContainer
  static void load() {
    float32 = Fixture.of("tiny-llama").load(ModelDtype.Float32);
    bfloat16 = Fixture.of("tiny-llama").load(ModelDtype.BFloat16);
  }

  @AfterContainer
  static void close() {
    float32.close();
    bfloat16.close();
  }

  @Property(tries = 12)
  void packedIsTheSumOfItsDocuments(@ForAll long seed, @ForAll boolean checkpointing) {
    List<PackedRow> rows = TinyRun.rows(3, 512, seed);
    List<PackedRow> alone =
        rows.stream()
            .flatMap(row -> row.documents().stream())
            .map(document -> new PackedRow(List.of(document)))
            .toList();
    Gathered together = gather(float32, 0, checkpointing, List.of(rows));
    Gathered apart = gather(float32, 0, checkpointing, alone.stream().map(List::of).toList());
    assertThat(together.loss).isCloseTo(apart.loss, Offset.offset(1e-5 * apart.loss));
    for (int i = 0; i < together.gradients.size(); i++) {
      assertThat(together.gradients.get(i))
          .containsExactly(
              apart.gradients.get(i),
              Offset.offset(1e-5f * Math.max(1, largest(apart.gradients.get(i)))));
    }
  }

  @Property(tries = 10)
  void checkpointingChangesNoBit(
      @ForAll long seed, @ForAll boolean inBfloat16, @ForAll boolean dropout) {
    CausalLm model = inBfloat16 ? bfloat16 : float32;
    List<List<PackedRow>> batches = List.of(TinyRun.rows(2, 512, seed));
    double p = dropout ? 0.3 : 0;
    Gathered recorded = gather(model, p, false, batches);
    Gathered checkpointed = gather(model, p, true, batches);
    assertThat(checkpointed.loss).isEqualTo(recorded.loss);
    assertThat(checkpointed.gradients).usingRecursiveComparison().isEqualTo(recorded.gradients);
  }

  private record Gathered(double loss, List<float[]> gradients) {}

  private static Gathered gather(
      CausalLm model, double dropout, boolean checkpointing, List<List<PackedRow>> batches) {
    var saved = PeftFiles.read(Fixture.of("tiny-llama").folder().resolve("adapter"));
    var config = new LoraConfig(4, 8, dropout, List.of("AllLinear"), false);
    try (var adapter =
        LoraAdapter.of("fixture", config, model.spec(), model.kernels(), saved.tensors())) {
      var backprop = new Backprop(model.decoder(), adapter, checkpointing);
      double loss = 0;
      for (List<PackedRow> batch : batches) {
        loss += backprop.add(TokenBatch.of(batch), 1, 11);
      }
      var gradients = new ArrayList<float[]>();
      for (NDArray parameter : adapter.parameters()) {
        try (NDArray gradient = parameter.getGradient()) {
          gradients.add(gradient.toFloatArray());
        }
      }
      return new Gathered(loss, gradients);
    }
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
