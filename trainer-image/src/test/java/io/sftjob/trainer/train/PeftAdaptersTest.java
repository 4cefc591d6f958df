package io.sftjob.trainer.train;

import static io.sftjob.trainer.model.Relative.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.torch.Autograd;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Adapters that PEFT made, beyond the plain one: patterns, modules_to_save, tied embeddings, 16
 * bits (parity/lora_adapters.py).
 */
class PeftAdaptersTest {
  private static final Fixture FIXTURE = Fixture.of("lora-adapters");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "patterns",
        "patterns-bf16",
        "patterns-rslora",
        "regex",
        "whole",
        "head",
        "whole-tied",
        "embedding-tied",
        "qwen3",
        "chatglm3",
        "baichuan2-7b",
        "qwen"
      })
  void logitsAreThoseOfPeft(String name) {
    try (var model = base(name);
        var adapter = adapter(model, name);
        var mode = Autograd.notRecording();
        NDManager scope = model.kernels().manager().newSubManager()) {
      List<int[]> documents = FIXTURE.documents();
      for (int i = 0; i < documents.size(); i++) {
        int[] ids = documents.get(i);
        var sequences = model.decoder().sequences(scope, ids, new long[] {ids.length});
        assertClose(
            name,
            model.decoder().logits(scope, sequences, adapter.evaluating()).toFloatArray(),
            FIXTURE.tensor(name + ".logits." + i),
            1e-5);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "patterns, false",
    "patterns, true",
    "patterns-rslora, true",
    "regex, false",
    "regex, true",
    "whole, false",
    "whole, true",
    "head, false",
    "head, true",
    "whole-tied, true",
    "embedding-tied, false",
    "embedding-tied, true",
    "qwen3, true",
    "chatglm3, false",
    "chatglm3, true",
    "baichuan2-7b, false",
    "baichuan2-7b, true",
    "qwen, true"
  })
  void gradientsAreThoseOfPeft(String name, boolean checkpointing) {
    try (var model = base(name);
        var adapter = adapter(model, name)) {
      TokenBatch batch = TokenBatch.of(List.of(new PackedRow(FIXTURE.documents("all"))));
      var backprop = new Backprop(model.decoder(), adapter, checkpointing);
      // Twice by halves: gradients are added up.
      backprop.add(batch, 2 * batch.targets().length, 0);
      backprop.add(batch, 2 * batch.targets().length, 0);
      for (int i = 0; i < adapter.names().size(); i++) {
        String tensor = adapter.names().get(i);
        try (NDArray gradient = adapter.parameters().get(i).getGradient()) {
          assertClose(
              tensor, gradient.toFloatArray(), FIXTURE.tensor(name + ".grad." + tensor), 1e-4);
        }
      }
    }
  }

  private static CausalLm base(String name) {
    return Fixture.of(FIXTURE.json().path("bases").path(name).asText()).load(ModelDtype.Float32);
  }

  private static LoraAdapter adapter(CausalLm model, String name) {
    var saved = PeftFiles.read(FIXTURE.folder().resolve(name));
    return LoraAdapter.of(name, saved.config(), model.spec(), model.kernels(), saved.tensors());
  }
}
