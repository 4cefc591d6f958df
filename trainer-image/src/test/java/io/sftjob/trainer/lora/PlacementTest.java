package io.sftjob.trainer.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.Fixture;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a spec's words mean on a model, and what is said where they mean nothing. */
class PlacementTest {
  private static final DecoderSpec LLAMA = Fixture.of("tiny-llama").spec();
  private static final String LINEARS =
      "down_proj, gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tiny-llama | down_proj gate_proj k_proj o_proj q_proj up_proj v_proj",
        "family-yi | down_proj gate_proj k_proj o_proj q_proj up_proj v_proj",
        "family-qwen2 | down_proj gate_proj k_proj o_proj q_proj up_proj v_proj",
        "family-qwen3 | down_proj gate_proj k_proj o_proj q_proj up_proj v_proj",
        "family-mistral | down_proj gate_proj k_proj o_proj q_proj up_proj v_proj",
        "family-baichuan-7b | W_pack down_proj gate_proj o_proj up_proj",
        "family-baichuan2-13b | W_pack down_proj gate_proj o_proj up_proj",
        "family-chatglm3 | dense dense_4h_to_h dense_h_to_4h query_key_value",
        "family-qwen | c_attn c_proj w1 w2"
      })
  void allLinearIsEveryLinearButTheHead(String fixture, String expected) {
    var spec = Fixture.of(fixture).spec();
    var placement = Placement.of(spec, plain(new Targets.AllLinear()), Origin.SPEC);
    var names = new TreeSet<String>();
    placement.linears().forEach(module -> names.add(ModuleNames.shortOf(module.path())));
    assertThat(String.join(" ", names)).isEqualTo(expected);
    assertThat(placement.linears()).hasSize(spec.layers() * spec.layout().roles().size());
    assertThat(placement.whole()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny-llama",
        "family-chatglm3",
        "family-baichuan2-7b",
        "family-qwen",
        "family-yi"
      })
  void aRegexThatMatchesEverythingLeavesTheHeadAlone(String fixture) {
    var spec = Fixture.of(fixture).spec();
    assertThat(Placement.of(spec, plain(new Targets.Regex(".*")), Origin.SPEC))
        .isEqualTo(Placement.of(spec, plain(new Targets.AllLinear()), Origin.SPEC));
  }

  /** PEFT and vLLM read the same modules out of the short list. */
  @Property(tries = 300)
  void theShortListNamesTheSameModules(@ForAll @IntRange(max = (1 << 14) - 1) int bits) {
    var all = ModuleNames.linears(LLAMA);
    var chosen =
        IntStream.range(0, all.size())
            .filter(i -> (bits >> i & 1) == 1)
            .mapToObj(all::get)
            .collect(Collectors.toSet());
    var names =
        ModuleNames.shortest(
            all, path -> chosen.contains(path) ? Optional.of(true) : Optional.empty());
    var matcher = new Targets.Names(List.copyOf(names.keySet())).matcher(Origin.SPEC);
    assertThat(all.stream().filter(matcher)).containsExactlyInAnyOrderElementsOf(chosen);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ".*lm_head | spec.lora.targetModulesRegex: it matches no linear module of this model. There are "
            + LINEARS
            + ", in full such as model.layers.0.self_attn.q_proj.",
        "q_proj | spec.lora.targetModulesRegex: it matches no linear module",
        "(q | spec.lora.targetModulesRegex: `(q` is no regular expression: Unclosed group",
        "(.*)*(.*)*(.*)*(.*)*x | spec.lora.targetModulesRegex: `(.*)*(.*)*(.*)*(.*)*x` takes more than 1000000 steps on `model.layers.0.self_attn.q_proj`: write it simpler",
      })
  void aRegexIsRefusedWithTheWayOut(String regex, String message) {
    assertRefused(plain(new Targets.Regex(regex)), message);
  }

  @Test
  void patternsAreRefusedWhereTheyMeanNothingOrTwoThings() {
    assertRefused(
        patterns(Map.of("q_prj", 2), Map.of()),
        "spec.lora.rankPattern: `q_prj` matches no module with an adapter. There are "
            + LINEARS
            + ".");
    assertRefused(
        patterns(Map.of(), Map.of("lm_head", 2.0)),
        "spec.lora.alphaPattern: `lm_head` matches no module with an adapter.");
    assertRefused(patterns(Map.of("[", 2), Map.of()), "spec.lora.rankPattern: `[` is no regular");
    assertThatThrownBy(() -> place(patterns(Map.of("q_proj", 2, ".*proj", 3), Map.of())))
        .hasMessageContaining("both match model.layers.0.self_attn.q_proj, with ")
        .hasMessageContaining("write keys that match it once");
    assertThat(place(patterns(Map.of("q_proj", 2, "layers.1.self_attn.q_proj", 2), Map.of())))
        .isEqualTo(place(patterns(Map.of("q_proj", 2), Map.of())));
  }

  @ParameterizedTest
  @CsvSource({
    "tiny-llama, embed_tokens, lm_head",
    "family-chatglm3, word_embeddings, output_layer",
    "family-baichuan-7b, embed_tokens, lm_head",
    "family-qwen, wte, lm_head",
  })
  void otherModulesAreNotTrainedWhole(String fixture, String embedding, String head) {
    var spec = Fixture.of(fixture).spec();
    assertThatThrownBy(() -> Placement.of(spec, whole("norm"), Origin.SPEC))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessage(
            "spec.lora.modulesToSave: `norm` can not be trained whole. This model's embedding is called %s, its head %s.",
            embedding, head);
    assertThat(Placement.of(spec, whole(embedding, head), Origin.SPEC).whole()).hasSize(2);
  }

  @Test
  void whatPeftWroteIsNamedByPeftsWords() {
    var origin = new Origin("adapter_config.json");
    assertThatThrownBy(() -> Placement.of(LLAMA, plain(new Targets.Regex("(")), origin))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageStartingWith("adapter_config.json: `target_modules`: `(` is no regular");
    // As PEFT, a name that is not there is passed over if another is.
    var some = plain(new Targets.Names(List.of("q_proj", "query_key_value")));
    assertThat(Placement.of(LLAMA, some, origin).linears()).hasSize(2);
    assertThatThrownBy(
            () -> Placement.of(LLAMA, plain(new Targets.Names(List.of("W_pack"))), origin))
        .hasMessageContaining("`target_modules`: it matches no linear module");
  }

  @Test
  void aPersonIsToldWhatVllmDoesNotLoad() {
    assertThat(AdapterNotes.of(LLAMA, plain(new Targets.AllLinear())))
        .containsExactly(
            "Adapter on 14 linear modules (" + LINEARS + "): 8,192 weights are trained");
    assertThat(AdapterNotes.of(LLAMA, patterns(Map.of("q_proj", 2), Map.of())))
        .anyMatch(note -> note.contains("vLLM does not know patterns"));
    // The same scale everywhere is what vLLM computes.
    assertThat(AdapterNotes.of(LLAMA, patterns(Map.of("q_proj", 2), Map.of("q_proj", 4.0))))
        .noneMatch(note -> note.contains("vLLM"));
    assertThat(AdapterNotes.of(Fixture.of("tiny-llama-sharded").spec(), whole("lm_head")))
        .anyMatch(note -> note.contains("vLLM loads no such adapter"))
        .anyMatch(note -> note.contains("come apart"));
  }

  private static Placement place(LoraConfig config) {
    return Placement.of(LLAMA, config, Origin.SPEC);
  }

  private static void assertRefused(LoraConfig config, String message) {
    assertThatThrownBy(() -> place(config))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessageStartingWith(message);
  }

  private static LoraConfig plain(Targets targets) {
    return new LoraConfig(4, 8, 0, targets, false, Map.of(), Map.of(), List.of());
  }

  private static LoraConfig patterns(Map<String, Integer> ranks, Map<String, Double> alphas) {
    return new LoraConfig(4, 8, 0, new Targets.AllLinear(), false, ranks, alphas, List.of());
  }

  private static LoraConfig whole(String... modules) {
    return new LoraConfig(
        4, 8, 0, new Targets.AllLinear(), false, Map.of(), Map.of(), List.of(modules));
  }
}
