package io.sftjob.trainer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.gguf.GgufBytes;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizersTest {
  private static final Path FIXTURE = Path.of("src/test/resources/fixtures/gguf");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BEGINS_WITH_BOS =
      """
      {"type": "Sequence", "processors": [
        {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
        {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "<|im_start|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
         "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
         "special_tokens": {"<|im_start|>": {"id": "<|im_start|>", "ids": [1], "tokens": ["<|im_start|>"]}}}]}
      """;

  @TempDir Path folder;

  @Test
  void tokenizerConfigNamesTheSpecialTokens() throws IOException {
    copyTokenizer();
    write(
        "tokenizer_config.json",
        "{\"bos_token\": {\"content\": \"<|im_start|>\"}, \"eos_token\": \"<|im_end|>\","
            + " \"pad_token\": null, \"add_bos_token\": true}");
    write("generation_config.json", "{\"eos_token_id\": [2, 0], \"pad_token_id\": 0}");
    try (Tokenizer tokenizer = Tokenizers.load(folder)) {
      var specials = tokenizer.specialTokens();
      assertThat(specials.bos()).contains(new Special("<|im_start|>", 1));
      assertThat(specials.eos()).contains(new Special("<|im_end|>", 2));
      assertThat(specials.pad()).isEmpty();
      assertThat(specials.stopIds()).containsExactlyInAnyOrder(0, 2);
      assertThat(specials.prefixIds()).containsExactly(1);
      assertThat(tokenizer.chatTemplate()).isEmpty();
    }
  }

  @Test
  void idsInOtherFilesAreTheLastResort() throws IOException {
    copyTokenizer();
    write("config.json", "{\"bos_token_id\": 1, \"eos_token_id\": [2]}");
    try (Tokenizer tokenizer = Tokenizers.load(folder)) {
      assertThat(tokenizer.specialTokens().bos()).contains(new Special("<|im_start|>", 1));
      assertThat(tokenizer.specialTokens().eos()).contains(new Special("<|im_end|>", 2));
      assertThat(tokenizer.specialTokens().prefixIds()).isEmpty();
    }
  }

  @Test
  void aPostProcessorThatBeginsWithBosAddsIt() throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(FIXTURE.resolve("tokenizer.json").toFile());
    json.set("post_processor", JSON.readTree(BEGINS_WITH_BOS));
    write("tokenizer.json", json.toString());
    write(
        "tokenizer_config.json",
        "{\"bos_token\": \"<|im_start|>\", \"eos_token\": \"<|im_end|>\"}");
    try (Tokenizer tokenizer = Tokenizers.load(folder)) {
      assertThat(tokenizer.specialTokens().prefixIds()).containsExactly(1);
      assertThat(tokenizer.encode("a").ids()).doesNotContain(1);
    }
  }

  /** As transformers' split_special_tokens: added tokens that are not special are found still. */
  @Test
  void ordinaryTextKeepsTheIdsOfOtherAddedTokens() throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(FIXTURE.resolve("tokenizer.json").toFile());
    ArrayNode added = (ArrayNode) json.path("added_tokens");
    for (String content : List.of("<special>", "<plain>")) {
      added
          .addObject()
          .put("id", 512 + added.size() - 4)
          .put("content", content)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", content.equals("<special>"));
    }
    write("tokenizer.json", json.toString());
    try (Tokenizer tokenizer = Tokenizers.load(folder)) {
      assertThat(tokenizer.idOf("<special>")).hasValue(512);
      assertThat(tokenizer.idOf("<plain>")).hasValue(513);
      assertThat(tokenizer.idOf("<|im_end|>")).hasValue(2);
      assertThat(tokenizer.idOf("<|nowhere|>")).isEmpty();
      assertThat(tokenizer.encode("<special><plain>").ids()).containsExactly(512, 513);
      String text = "<special><plain><|im_end|>";
      int[] ids = tokenizer.encodeOrdinary(text).ids();
      assertThat(ids).contains(513).doesNotContain(512, 2);
      assertThat(tokenizer.decode(ids, true)).isEqualTo(text);
    }
  }

  @Test
  void findsTheChatTemplateWhereverItIs() throws IOException {
    copyTokenizer();
    write(
        "tokenizer_config.json",
        "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"t\"}, {\"name\":"
            + " \"default\", \"template\": \"d\"}]}");
    assertThat(template()).isEqualTo("d");
    write("tokenizer_config.json", "{\"chat_template\": \"c\"}");
    assertThat(template()).isEqualTo("c");
    write("chat_template.jinja", "j\n");
    assertThat(template()).isEqualTo("j\n");
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    assertThatThrownBy(() -> Tokenizers.load(folder))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageContainingAll(
            "no tokenizer there", "tokenizer.json, tokenizer.model and qwen.tiktoken");
    write("tokenizer.json", "{");
    assertThatThrownBy(() -> Tokenizers.load(folder))
        .hasMessageContaining("tokenizer.json is not JSON");
    write("tokenizer.json", "{\"model\": {\"type\": \"Magic\"}}");
    assertThatThrownBy(() -> Tokenizers.load(folder))
        .hasMessageContaining("not a usable tokenizer");
    copyTokenizer();
    write("tokenizer_config.json", "{\"eos_token\": \"<|nowhere|>\"}");
    assertThatThrownBy(() -> Tokenizers.load(folder))
        .hasMessageContaining("eos_token is \"<|nowhere|>\", which is not in tokenizer.json");
  }

  @Test
  void unknownGgufVocabulariesAreRefusedByName() throws IOException {
    assertThatThrownBy(() -> loadGguf("bert", "default"))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageContainingAll(
            "tokenizer.ggml.model is `bert`", "gpt2", "llama", "safetensors instead");
    assertThatThrownBy(() -> loadGguf("gpt2", "mystery"))
        .hasMessageContainingAll(
            "tokenizer.ggml.pre is `mystery`", "smollm", "safetensors instead");
  }

  @Test
  void thePreTokenizerDecidesHowNumbersAreCut() throws IOException {
    assertThat(loadGguf("gpt2", "gpt-2")).containsExactly(3, 2);
    assertThat(loadGguf("gpt2", "smollm")).containsExactly(0, 0, 0, 0, 2);
    assertThat(loadGguf("gpt2", "qwen2")).containsExactly(0, 0, 0, 0, 2);
    assertThat(loadGguf("gpt2", "llama-bpe")).containsExactly(4, 0, 2);
    assertThat(loadGguf("gpt2", "default")).containsExactly(4, 0, 2);
  }

  /** Ids of "1111x" under a vocabulary that merges up to four digits. */
  private int[] loadGguf(String model, String pre) throws IOException {
    byte[] bytes =
        new GgufBytes()
            .header(3, 0, 5)
            .key("tokenizer.ggml.model", model)
            .key("tokenizer.ggml.pre", pre)
            .keyOfStrings("tokenizer.ggml.tokens", List.of("1", "11", "x", "1111", "111"))
            .keyOfInts("tokenizer.ggml.token_type", List.of(1, 1, 1, 1, 1))
            .keyOfStrings("tokenizer.ggml.merges", List.of("1 1", "11 11", "11 1"))
            .toByteArray();
    try (Tokenizer tokenizer = Tokenizers.load(Files.write(folder.resolve("v.gguf"), bytes))) {
      return tokenizer.encode("1111x").ids();
    }
  }

  @Test
  void fingerprintsTellVocabulariesApart() throws IOException {
    copyTokenizer();
    String before = fingerprint();
    assertThat(fingerprint()).isEqualTo(before);
    String json = Files.readString(folder.resolve("tokenizer.json"));
    write("tokenizer.json", json + " ");
    assertThat(fingerprint()).isNotEqualTo(before);
  }

  @Test
  void manyThreadsGetTheSameIds() throws Exception {
    List<String> texts =
        IntStream.range(0, 2000)
            .mapToObj(i -> "thread text %d 🙂 %s".formatted(i, "x".repeat(i % 40)))
            .toList();
    try (Tokenizer tokenizer = Tokenizers.load(FIXTURE);
        var pool = Executors.newFixedThreadPool(4)) {
      List<Callable<int[]>> tasks =
          texts.stream().<Callable<int[]>>map(t -> () -> tokenizer.encode(t).ids()).toList();
      List<Future<int[]>> ids = pool.invokeAll(tasks);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(ids.get(i).get()).isEqualTo(tokenizer.encode(texts.get(i)).ids());
      }
    }
  }

  private String template() {
    try (Tokenizer tokenizer = Tokenizers.load(folder)) {
      return tokenizer.chatTemplate().orElseThrow();
    }
  }

  private String fingerprint() {
    try (Tokenizer tokenizer = Tokenizers.load(folder)) {
      return tokenizer.fingerprint();
    }
  }

  private void copyTokenizer() throws IOException {
    write("tokenizer.json", Files.readString(FIXTURE.resolve("tokenizer.json")));
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }
}
