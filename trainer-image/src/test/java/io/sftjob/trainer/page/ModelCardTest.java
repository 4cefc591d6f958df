package io.sftjob.trainer.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sftjob.trainer.trail.RunFacts;
import io.sftjob.trainer.trail.RunFacts.ModelFacts;
import io.sftjob.trainer.trail.Runs;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCardTest {
  @Test
  void theFrontMatterIsTheHubs() throws IOException {
    var matter = matter(card(Runs.facts()));
    assertThat(matter.get("base_model").textValue()).isEqualTo("Qwen/Qwen2.5-7B");
    assertThat(matter.get("library_name").textValue()).isEqualTo("peft");
    assertThat(matter.get("pipeline_tag").textValue()).isEqualTo("text-generation");
    assertThat(matter.get("datasets"))
        .extracting(JsonNode::textValue)
        .containsExactly("train.jsonl");
    assertThat(matter.get("tags"))
        .extracting(JsonNode::textValue)
        .contains("base_model:adapter:Qwen/Qwen2.5-7B", "lora", "sft");
  }

  @Test
  void theBodyTellsDataRecipeResultsAndVersions() {
    assertThat(card(Runs.facts()))
        .contains("20 of 100 optimizer steps")
        .contains("| train | pvc://work/data/train.jsonl |")
        .contains("| Targets of the loss | 600,000 | 60.0 % |")
        .contains("- dropped 2 (100,000 tokens): no token is a target of the loss")
        .contains("| loraRank | 16 |")
        .contains("| targetModules | \\[q\\_proj, v\\_proj\\] |")
        .contains("| Training loss | 0.0500 |")
        .contains("| 10 | 1 | 0.9000 | 2.46 | 62.5 % | 1.5000 |")
        .contains("| PyTorch | 2.7.1 |")
        .contains("AutoTokenizer.from_pretrained(\"Qwen/Qwen2.5-7B\")")
        .doesNotContain("NOT_FOUND");
  }

  @Test
  void aTableIsOneBlock() {
    var lines = card(Runs.facts()).lines().toList();
    int begin = lines.indexOf("| field | value |");
    assertThat(lines.subList(begin, begin + 4))
        .containsExactly(
            "| field | value |",
            "|---|---|",
            "| loraRank | 16 |",
            "| targetModules | \\[q\\_proj, v\\_proj\\] |");
  }

  @ParameterizedTest
  @CsvSource({
    "16, false, false, --max-lora-rank 16",
    "17, false, false, --max-lora-rank 32",
    "513, false, false, sft merge",
    "16, true, false, sft merge",
    "16, false, true, sft merge"
  })
  void vllmIsServedWhatItLoads(int rank, boolean patterns, boolean whole, String command) {
    var model = new ModelFacts("base", rank, patterns, whole);
    assertThat(card(Runs.facts("demo", model, List.of()))).contains(command);
  }

  @Test
  void aGgufFileIsLoadedAsOne() {
    assertThat(card(Runs.facts("demo", "/models/tiny.gguf", List.of())))
        .contains("from_pretrained(\"/models/\", gguf_file=\"tiny.gguf\")")
        .doesNotContain("vllm serve");
  }

  @Test
  void hostileNamesStayInTheirPlace() throws IOException {
    String base = "/m/x: \"y'$(id)\n| `a` <b> [c](d) ---";
    var card = card(Runs.facts("demo", base, List.of()));
    assertThat(matter(card).get("base_model").textValue()).isEqualTo(base);
    assertThat(card)
        .contains("A LoRA adapter for /m/x: \"y'$(id) \\| \\`a\\` \\<b\\> \\[c\\](d) ---, made by")
        .contains("AutoTokenizer.from_pretrained(\"/m/x: \\\"y'$(id)\\n| `a` <b> [c](d) ---\")")
        .contains("vllm serve '/m/x: \"y'\\''$(id)\n| `a` <b> [c](d) ---' --enable-lora");
  }

  private static String card(RunFacts facts) {
    return ModelCard.text(facts, List.of(Runs.step(10), Runs.evaluation(10, 0.9), Runs.step(20)));
  }

  private static JsonNode matter(String card) throws IOException {
    assertThat(card).startsWith("---\n");
    return new YAMLMapper().readTree(card.substring(4, card.indexOf("\n---\n\n") + 1));
  }
}
