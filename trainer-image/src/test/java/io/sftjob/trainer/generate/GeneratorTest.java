package io.sftjob.trainer.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.Adapter;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.model.LoadListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class GeneratorTest {
  private static final int[] PROMPT = {5, 80, 7};
  @AutoClose private static CausalLm model = Fixture.of("tiny-llama").load(ModelDtype.Float32);

  @Test
  void theCacheGivesWhatTheWholeSequenceGives() {
    List<Integer> heard = new ArrayList<>();
    var completion =
        new Generator(model, Adapter.NONE)
            .generate(PROMPT, GenerateOptions.greedy(12, Set.of()), heard::add);
    assertThat(completion.end()).isEqualTo(Completion.End.MaxNewTokens);
    assertThat(completion.ids()).isEqualTo(heard).isEqualTo(greedyWithoutCache(12, Adapter.NONE));
  }

  @Test
  void anAdapterChangesTheCompletion() {
    var saved = PeftFiles.read(Fixture.of("tiny-llama").folder().resolve("adapter"));
    try (var adapter =
        LoraAdapter.of(
            "the fixture", saved.config(), model.spec(), model.kernels(), saved.tensors())) {
      var ids =
          new Generator(model, adapter.evaluating())
              .generate(PROMPT, GenerateOptions.greedy(12, Set.of()), id -> {})
              .ids();
      assertThat(ids)
          .isEqualTo(greedyWithoutCache(12, adapter.evaluating()))
          .isNotEqualTo(greedyWithoutCache(12, Adapter.NONE));
    }
  }

  @Test
  void stopsAtAStopToken() {
    List<Integer> all = greedyWithoutCache(5, Adapter.NONE);
    int stop = all.getLast();
    var completion =
        new Generator(model, Adapter.NONE)
            .generate(PROMPT, GenerateOptions.greedy(100, Set.of(stop)), id -> {});
    assertThat(completion.end()).isEqualTo(Completion.End.StopToken);
    assertThat(completion.ids()).isEqualTo(all.subList(0, all.indexOf(stop)));
  }

  @Test
  void endsWithTheModelsPositions() {
    int[] prompt = IntStream.range(0, 250).toArray();
    var generator = new Generator(model, Adapter.NONE);
    var completion = generator.generate(prompt, GenerateOptions.greedy(50, Set.of()), id -> {});
    assertThat(completion.end()).isEqualTo(Completion.End.MaxPositions);
    assertThat(completion.ids()).hasSize(7);
    assertThatThrownBy(
            () -> generator.generate(new int[257], GenerateOptions.greedy(1, Set.of()), id -> {}))
        .hasMessageContaining("257 tokens; expected 1 to 256");
  }

  @Test
  void samplingFollowsTheSeed() {
    var drawn = new HashSet<List<Integer>>();
    for (long seed = 0; seed < 5; seed++) {
      assertThat(drawn.add(sampled(1, seed))).isTrue();
      assertThat(sampled(1, seed)).isEqualTo(sampled(1, seed));
    }
    assertThat(sampled(1e-6, 3)).isEqualTo(greedyWithoutCache(8, Adapter.NONE));
  }

  /** The real SmolLM2-135M; run with -Dsft.smollm2=…/SmolLM2-135M-Instruct.Q4_1.gguf. */
  @Test
  @EnabledIfSystemProperty(named = "sft.smollm2", matches = ".+")
  void smolLm2AnswersAsInTransformers() {
    JsonNode expected = Fixture.of("smollm2").json();
    Path path = Path.of(System.getProperty("sft.smollm2"));
    for (var dtype : List.of(ModelDtype.Float32, ModelDtype.Auto)) {
      try (var smollm2 = CausalLm.load(path, Device.cpu(), dtype, LoadListener.NONE)) {
        var completion =
            new Generator(smollm2, Adapter.NONE)
                .generate(
                    ints(expected.path("promptIds")).mapToInt(i -> i).toArray(),
                    GenerateOptions.greedy(32, Set.of(2)),
                    id -> {});
        List<Integer> ids = new ArrayList<>(completion.ids());
        ids.add(2);
        assertThat(ids).isEqualTo(ints(expected.path("completionIds")).toList());
        assertThat(completion.end()).isEqualTo(Completion.End.StopToken);
      }
    }
  }

  private static Stream<Integer> ints(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::intValue);
  }

  private static List<Integer> sampled(double topP, long seed) {
    return new Generator(model, Adapter.NONE)
        .generate(PROMPT, new GenerateOptions(8, 1, topP, seed, Set.of()), id -> {})
        .ids();
  }

  private static List<Integer> greedyWithoutCache(int count, Adapter adapter) {
    List<Integer> ids = new ArrayList<>(IntStream.of(PROMPT).boxed().toList());
    for (int i = 0; i < count; i++) {
      try (NDManager scope = model.kernels().manager().newSubManager()) {
        int[] all = ids.stream().mapToInt(id -> id).toArray();
        var sequences = model.decoder().sequences(scope, all, new long[] {all.length});
        float[] logits = model.decoder().logits(scope, sequences, adapter).toFloatArray();
        int vocab = model.spec().vocabSize();
        int last = (all.length - 1) * vocab;
        ids.add(
            IntStream.range(0, vocab)
                .reduce((a, b) -> logits[last + b] > logits[last + a] ? b : a)
                .orElseThrow());
      }
    }
    return ids.subList(PROMPT.length, ids.size());
  }
}
