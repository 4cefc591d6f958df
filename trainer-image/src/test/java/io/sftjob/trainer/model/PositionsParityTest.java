package io.sftjob.trainer.model;

import static io.sftjob.trainer.model.Relative.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.torch.Autograd;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Positions near and far, at once and token by token. */
class PositionsParityTest {
  static Stream<String> scaled() {
    return Stream.of("rope-", "family-chatglm3-32k", "family-qwen-long")
        .flatMap(FamilyFixtures::startingWith);
  }

  static Stream<String> all() {
    return Stream.concat(scaled(), FamilyFixtures.names());
  }

  @Test
  void allScalingsAreThere() {
    assertThat(scaled())
        .contains(
            "rope-dynamic",
            "rope-linear",
            "rope-llama3",
            "rope-yarn",
            "rope-yarn-attention",
            "rope-yarn-mscale",
            "rope-yarn-qwen");
  }

  /** Documents below and beyond the original length. */
  @ParameterizedTest
  @MethodSource("scaled")
  void logits(String name) {
    var fixture = Fixture.of(name);
    try (var model = fixture.load(ModelDtype.Float32);
        var mode = Autograd.notRecording()) {
      for (int i = 0; i < fixture.documents().size(); i++) {
        assertClose(
            "document " + i,
            evaluated(model, fixture.documents().get(i)),
            fixture.tensor("base.logits." + i),
            1e-4);
      }
    }
  }

  /** Qwen v1 trains without what it does to long texts in evaluation. */
  @Test
  void trainingMayDifferFromEvaluation() {
    var fixture = Fixture.of("family-qwen-long");
    try (var model = fixture.load(ModelDtype.Float32);
        NDManager scope = model.kernels().manager().newSubManager();
        var mode = Autograd.notRecording()) {
      for (int i = 0; i < fixture.documents().size(); i++) {
        int[] ids = fixture.documents().get(i);
        var sequences = model.decoder().sequences(scope, ids, new long[] {ids.length});
        float[] found = model.decoder().logits(scope, sequences, Adapter.NONE).toFloatArray();
        assertClose("document " + i, found, fixture.tensor("train.logits." + i), 1e-4);
      }
    }
  }

  /**
   * A prompt, then one token at a time. Where frequencies follow the length, the keys in the cache
   * are those of a shorter text, as in transformers; there, only the prompt is compared.
   */
  @ParameterizedTest
  @MethodSource("all")
  void tokenByToken(String name) {
    var fixture = Fixture.of(name);
    try (var model = fixture.load(ModelDtype.Float32);
        NDManager scope = model.kernels().manager().newSubManager();
        var mode = Autograd.notRecording()) {
      int[] ids = fixture.documents().getLast();
      int prompt = dependsOnLength(model.spec()) ? ids.length : ids.length / 2;
      float[] whole = evaluated(model, ids);
      try (var cache = model.decoder().cache(ids.length)) {
        for (int end = prompt; end <= ids.length; end++) {
          int[] next = Arrays.copyOfRange(ids, end == prompt ? 0 : end - 1, end);
          NDArray logits = model.decoder().next(scope, next, cache, Adapter.NONE);
          int vocabulary = model.spec().vocabSize();
          float[] expected = Arrays.copyOfRange(whole, (end - 1) * vocabulary, end * vocabulary);
          assertClose("token " + end, logits.toFloatArray(), expected, 1e-4);
        }
      }
    }
  }

  private static boolean dependsOnLength(DecoderSpec spec) {
    return spec.positions() instanceof Rotary rotary
        && rotary.evaluationScaling().dependsOnLength();
  }

  private static float[] evaluated(CausalLm model, int[] ids) {
    try (NDManager scope = model.kernels().manager().newSubManager()) {
      var sequences = model.decoder().evaluated(scope, ids, new long[] {ids.length});
      return model.decoder().logits(scope, sequences, Adapter.NONE).toFloatArray();
    }
  }
}
