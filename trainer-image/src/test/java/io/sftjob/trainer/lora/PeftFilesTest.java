package io.sftjob.trainer.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeftFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path PEFT = Fixture.of("tiny-llama").folder();
  private static final Path PATTERNS = Fixture.of("lora-adapters").folder();
  private static final DecoderSpec SPEC = Fixture.of("tiny-llama").spec();
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"adapter", "adapter-rslora", "adapter-qv"})
  void theWeightsAreTheBytesThatPeftWrites(String name) throws IOException {
    var saved = PeftFiles.read(PEFT.resolve(name));
    PeftFiles.write(folder, saved.config(), SPEC, "tiny-llama", saved.tensors());
    assertThat(folder.resolve(PeftFiles.WEIGHTS))
        .hasSameBinaryContentAs(PEFT.resolve(name).resolve(PeftFiles.WEIGHTS));
  }

  /** Written in our words, every adapter of PEFT is still the same. */
  @ParameterizedTest
  @ValueSource(
      strings = {"patterns", "patterns-rslora", "regex", "whole", "head", "embedding-tied"})
  void theConfigurationMeansTheSameAfterAWrite(String name) throws IOException {
    var saved = PeftFiles.read(PATTERNS.resolve(name));
    PeftFiles.write(folder, saved.config(), SPEC, "tiny-llama", saved.tensors());
    assertThat(Placement.of(SPEC, PeftFiles.read(folder).config(), new Origin("ours")))
        .isEqualTo(Placement.of(SPEC, saved.config(), new Origin("theirs")));
    assertThat(FirstAdapter.read(folder, SPEC, saved.config())).hasSameSizeAs(saved.tensors());
  }

  /** As PEFT saved adapters when Baichuan and ChatGLM were new. */
  @Test
  void torchFilesAreReadToo() {
    var expected = PeftFiles.read(PATTERNS.resolve("whole"));
    var found = PeftFiles.read(PATTERNS.resolve("whole-bin"));
    assertThat(found.config()).isEqualTo(expected.config());
    assertThat(found.tensors()).hasSameSizeAs(expected.tensors());
    for (var tensor : expected.tensors()) {
      assertThat(found.tensors())
          .filteredOn(t -> t.name().equals(tensor.name()))
          .singleElement()
          .satisfies(t -> assertThat(t.data()).isEqualTo(tensor.data()))
          .satisfies(t -> assertThat(t.shape()).isEqualTo(tensor.shape()));
    }
  }

  @Test
  void patternsAreWrittenInTheFewestWordsThatNeedNoOrder() throws IOException {
    var saved = PeftFiles.read(PATTERNS.resolve("patterns"));
    PeftFiles.write(folder, saved.config(), SPEC, "tiny-llama", saved.tensors());
    JsonNode json = JSON.readTree(folder.resolve(PeftFiles.CONFIG).toFile());
    assertThat(json.path("rank_pattern"))
        .isEqualTo(JSON.readTree("{\"down_proj\":2,\"model.layers.1.self_attn.q_proj\":8}"));
    assertThat(json.path("alpha_pattern"))
        .isEqualTo(
            JSON.readTree(
                "{\"model.layers.0.mlp.gate_proj\":3,\"model.layers.0.mlp.up_proj\":3,\"v_proj\":16}"));
    assertThat(json.path("modules_to_save").isNull()).isTrue();
    saved = PeftFiles.read(PATTERNS.resolve("whole"));
    PeftFiles.write(folder, saved.config(), SPEC, "tiny-llama", saved.tensors());
    json = JSON.readTree(folder.resolve(PeftFiles.CONFIG).toFile());
    assertThat(texts(json.path("modules_to_save"))).containsExactly("embed_tokens", "lm_head");
  }

  /** Every key that we write has the value that PEFT gives it, and we read what it writes. */
  @ParameterizedTest
  @CsvSource({"adapter-rslora, true", "adapter-qv, false"})
  void theConfigurationSaysWhatPeftSays(String name, boolean rslora) throws IOException {
    var saved = PeftFiles.read(PEFT.resolve(name));
    assertThat(saved.config().rank()).isEqualTo(4);
    assertThat(saved.config().alpha()).isEqualTo(8);
    assertThat(saved.config().useRslora()).isEqualTo(rslora);
    PeftFiles.write(folder, saved.config(), SPEC, "tiny-llama", saved.tensors());
    JsonNode ours = JSON.readTree(folder.resolve(PeftFiles.CONFIG).toFile());
    JsonNode theirs = JSON.readTree(PEFT.resolve(name).resolve(PeftFiles.CONFIG).toFile());
    assertThat(ours.size()).isEqualTo(20);
    for (var field : ours.properties()) {
      if (!field.getKey().equals("target_modules")) {
        assertThat(field.getValue())
            .as(field.getKey())
            .isEqualTo(theirs.has(field.getKey()) ? theirs.path(field.getKey()) : field.getValue());
      }
    }
    assertThat(texts(ours.path("target_modules")))
        .isSorted()
        .containsExactlyElementsOf(
            texts(theirs.path("target_modules")).stream()
                .map(ModuleNames::shortOf)
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void allLinearsAreListedByTheirShortNames() throws IOException {
    var config = new LoraConfig(4, 8, 0.05, List.of("AllLinear"), false);
    PeftFiles.write(folder, config, SPEC, "base", List.of());
    assertThat(folder.resolve(PeftFiles.CONFIG))
        .content()
        .startsWith("{\n  \"alpha_pattern\" : { },\n")
        .contains("\"lora_dropout\" : 0.05")
        .contains(
            "[ \"down_proj\", \"gate_proj\", \"k_proj\", \"o_proj\", \"q_proj\", \"up_proj\", \"v_proj\" ]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "use_dora | true | `use_dora` is true; only false can be computed",
        "peft_type | \"IA3\" | `peft_type` is \"IA3\"; only \"LORA\" can be computed",
        "bias | \"all\" | `bias` is \"all\"; only \"none\" can be computed",
        "ensure_weight_tying | true | `ensure_weight_tying` is true; only false can be computed",
        "init_lora_weights | \"pissa\" | `init_lora_weights` is \"pissa\"; only true, false, \"gaussian\"",
        "trainable_token_indices | [1] | `trainable_token_indices` is [1], which is not supported",
        "kasa_config | {\"beta\": 1} | `kasa_config` is {\"beta\":1}, which is not supported",
        "rank_pattern | {\"q_proj\": 0} | `rank_pattern.q_proj` is 0; expected an integer above 0",
        "alpha_pattern | {\"q_proj\": \"x\"} | `alpha_pattern.q_proj` is \"x\"; expected a number above 0",
        "target_modules | [1] | `target_modules` is [1]; expected a list of names",
        "layers_to_transform | [\"x\"] | `layers_to_transform` is [\"x\"]; expected the numbers of layers",
        "r | null | `r` is null; expected an integer above 0",
      })
  void refusesWhatWouldComputeSomethingElse(String key, String value, String message)
      throws IOException {
    ObjectNode config =
        (ObjectNode) JSON.readTree(PEFT.resolve("adapter").resolve(PeftFiles.CONFIG).toFile());
    config.set(key, JSON.readTree(value));
    Files.writeString(folder.resolve(PeftFiles.CONFIG), config.toString());
    assertThatThrownBy(() -> PeftFiles.read(folder))
        .hasMessageContaining("adapter_config.json: ")
        .hasMessageContaining(message);
  }

  private static List<String> texts(JsonNode list) {
    return JSON.convertValue(
        list, JSON.getTypeFactory().constructCollectionType(List.class, String.class));
  }
}
