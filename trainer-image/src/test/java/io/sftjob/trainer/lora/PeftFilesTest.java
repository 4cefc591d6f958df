package io.sftjob.trainer.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.model.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeftFilesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path PEFT = Fixture.of("tiny-llama").folder();
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"adapter", "adapter-rslora", "adapter-qv"})
  void theWeightsAreTheBytesThatPeftWrites(String name) throws IOException {
    var saved = PeftFiles.read(PEFT.resolve(name));
    PeftFiles.write(folder, saved.config(), "tiny-llama", saved.tensors());
    assertThat(folder.resolve(PeftFiles.WEIGHTS))
        .hasSameBinaryContentAs(PEFT.resolve(name).resolve(PeftFiles.WEIGHTS));
    assertThat(PeftFiles.read(folder).config())
        .usingRecursiveComparison()
        .ignoringCollectionOrder()
        .isEqualTo(saved.config());
  }

  /** Every key that we write has the value that PEFT gives it, and we read what it writes. */
  @ParameterizedTest
  @CsvSource({"adapter-rslora, true", "adapter-qv, false"})
  void theConfigurationSaysWhatPeftSays(String name, boolean rslora) throws IOException {
    var saved = PeftFiles.read(PEFT.resolve(name));
    assertThat(saved.config().rank()).isEqualTo(4);
    assertThat(saved.config().alpha()).isEqualTo(8);
    assertThat(saved.config().useRslora()).isEqualTo(rslora);
    PeftFiles.write(folder, saved.config(), "tiny-llama", saved.tensors());
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
        .containsExactlyElementsOf(new TreeSet<>(texts(theirs.path("target_modules"))));
  }

  @Test
  void allLinearsAreListedByTheirShortNames() throws IOException {
    var config = new LoraConfig(4, 8, 0.05, List.of("AllLinear"), false);
    var tensors = PeftFiles.read(Fixture.of("tiny-llama").folder().resolve("adapter")).tensors();
    PeftFiles.write(folder, config, "base", tensors);
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
        "rank_pattern | {\"q_proj\": 2} | `rank_pattern` is {\"q_proj\":2}, which is not supported",
        "modules_to_save | [\"lm_head\"] | `modules_to_save` is [\"lm_head\"], which is not supported",
        "target_modules | \"model\\\\..*\" | `target_modules` is \"model\\\\..*\"; expected a list of names",
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
