package io.sftjob.trainer.train;

import static io.sftjob.trainer.model.Relative.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.model.LoadListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Baichuan 2 with a z_loss_weight, against parity/z_loss.py. */
class ZLossTest {
  private static final Fixture FAMILY = Fixture.of("family-baichuan2-7b");
  private static final Fixture EXPECTED = Fixture.of("z-loss");

  @TempDir private Path folder;
  private CausalLm model;

  @BeforeEach
  void load() throws IOException {
    Files.copy(FAMILY.folder().resolve("model.safetensors"), folder.resolve("model.safetensors"));
    model = withWeight(EXPECTED.json().path("zLossWeight").asDouble());
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void lossAndGradientsAreTheVendors() {
    for (String mask : List.of("all", "masked")) {
      List<Document> documents = FAMILY.documents(mask);
      for (int i = 0; i < documents.size(); i++) {
        for (boolean checkpointing : new boolean[] {false, true}) {
          compare(mask, i, documents.get(i), checkpointing);
        }
      }
    }
  }

  private void compare(String mask, int i, Document document, boolean checkpointing) {
    try (var adapter = adapter(model)) {
      TokenBatch batch = TokenBatch.of(List.of(row(document)));
      int targets = batch.targets().length;
      double loss = new Backprop(model.decoder(), adapter, checkpointing).add(batch, targets, 0);
      assertThat(loss / targets)
          .isCloseTo(
              EXPECTED.json().path("losses").path(mask).path(i).asDouble(), Offset.offset(1e-5));
      for (int p = 0; p < adapter.names().size(); p++) {
        String name = adapter.names().get(p);
        try (NDArray gradient = adapter.parameters().get(p).getGradient()) {
          assertClose(
              name,
              gradient.toFloatArray(),
              EXPECTED.tensor("%s.%d.%s".formatted(mask, i, name)),
              1e-3);
        }
      }
    }
  }

  @Test
  void microBatchesAddUpToTheStep() {
    List<Document> documents = FAMILY.documents("masked");
    try (var together = adapter(model);
        var apart = adapter(model)) {
      TokenBatch whole = TokenBatch.of(documents.stream().map(ZLossTest::row).toList());
      int targets = whole.targets().length;
      var divisors = new Backprop.Divisors(targets, whole.followed());
      double one =
          new Backprop(model.decoder(), together, true)
              .add(whole, divisors, 0, () -> false)
              .orElseThrow();
      double sum = 0;
      for (Document document : documents) {
        sum +=
            new Backprop(model.decoder(), apart, true)
                .add(TokenBatch.of(List.of(row(document))), divisors, 0, () -> false)
                .orElseThrow();
      }
      assertThat(sum).isCloseTo(one, Offset.offset(1e-5 * one));
      for (int p = 0; p < together.names().size(); p++) {
        try (NDArray a = together.parameters().get(p).getGradient();
            NDArray b = apart.parameters().get(p).getGradient()) {
          assertClose(together.names().get(p), a.toFloatArray(), b.toFloatArray(), 1e-5);
        }
      }
    }
  }

  @Test
  void evaluationIsTheLikelihoodAlone() throws IOException {
    TokenBatch batch = TokenBatch.of(List.of(row(FAMILY.documents("all").getFirst())));
    try (var without = withWeight(0);
        var adapter = adapter(model);
        var other = adapter(without)) {
      assertThat(new Backprop(model.decoder(), adapter, true).loss(batch))
          .isEqualTo(new Backprop(without.decoder(), other, true).loss(batch));
    }
  }

  @Test
  void aWeightBelowZeroIsRefused() {
    assertThatThrownBy(() -> withWeight(-0.1))
        .hasMessageContaining("`z_loss_weight` is -0.1; expected 0 or more");
  }

  private CausalLm withWeight(double weight) throws IOException {
    var json = new ObjectMapper();
    var config = (ObjectNode) json.readTree(FAMILY.folder().resolve("config.json").toFile());
    config.put("z_loss_weight", weight);
    json.writeValue(folder.resolve("config.json").toFile(), config);
    return CausalLm.load(folder, Device.cpu(), ModelDtype.Float32, LoadListener.NONE);
  }

  private static LoraAdapter adapter(CausalLm model) {
    var saved = PeftFiles.read(FAMILY.folder().resolve("adapter"));
    return LoraAdapter.of(
        "fixture", saved.config(), model.spec(), model.kernels(), saved.tensors());
  }

  private static PackedRow row(Document document) {
    return new PackedRow(List.of(document));
  }
}
