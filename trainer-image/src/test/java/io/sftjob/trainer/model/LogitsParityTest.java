package io.sftjob.trainer.model;

import static io.sftjob.trainer.model.Relative.assertClose;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.v1alpha1.ModelDtype;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Logits of transformers' LlamaForCausalLM on the same weights. */
class LogitsParityTest {

  @ParameterizedTest
  @CsvSource({
    "tiny-llama, ''",
    "tiny-llama-sharded, ''",
    "tiny-llama-headdim, ''",
    "tiny-llama-rope3, ''",
    "gguf, tiny-llama.gguf",
    "family-baichuan-7b-bin, ''"
  })
  void equalThoseOfTransformers(String name, String file) {
    var fixture = Fixture.of(name);
    Path path = file.isEmpty() ? fixture.folder() : fixture.folder().resolve(file);
    try (var model = CausalLm.load(path, Device.cpu(), ModelDtype.Float32, LoadListener.NONE)) {
      for (int i = 0; i < fixture.documents().size(); i++) {
        int[] ids = fixture.documents().get(i);
        assertClose(
            "document " + i,
            logits(model, ids, new long[] {ids.length}),
            fixture.tensor("base.logits." + i),
            1e-4);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(AttentionKind.class)
  void packedDocumentsAreApart(AttentionKind kind) {
    var fixture = Fixture.of("tiny-llama");
    try (var model =
        CausalLm.load(
            fixture.folder(),
            Device.cpu(),
            ModelDtype.Float32,
            Optional.empty(),
            LoadListener.NONE,
            kind)) {
      long[] lengths = fixture.documents().stream().mapToLong(d -> d.length).toArray();
      int[] ids = fixture.documents().stream().flatMapToInt(IntStream::of).toArray();
      assertClose("pack", logits(model, ids, lengths), fixture.tensor("base.logits.packed"), 1e-4);
    }
  }

  @ParameterizedTest
  @MethodSource("rounded")
  void roundedDtypesAreClose(ModelDtype dtype, double tolerance, AttentionKind kind) {
    var fixture = Fixture.of("tiny-llama");
    try (var model =
        CausalLm.load(
            fixture.folder(), Device.cpu(), dtype, Optional.empty(), LoadListener.NONE, kind)) {
      int[] ids = fixture.documents().getLast();
      assertClose(
          "document 1",
          logits(model, ids, new long[] {ids.length}),
          fixture.tensor("base.logits.1"),
          tolerance);
    }
  }

  /** bfloat16 rounds to 8 bits, float16 to 11. */
  static Stream<Arguments> rounded() {
    return Arrays.stream(AttentionKind.values())
        .flatMap(
            kind ->
                Stream.of(
                    Arguments.of(ModelDtype.BFloat16, 0.1, kind),
                    Arguments.of(ModelDtype.Float16, 0.0125, kind)));
  }

  private static float[] logits(CausalLm model, int[] ids, long[] lengths) {
    try (NDManager scope = model.kernels().manager().newSubManager()) {
      var sequences = model.decoder().sequences(scope, ids, lengths);
      return model.decoder().logits(scope, sequences, Adapter.NONE).toFloatArray();
    }
  }
}
