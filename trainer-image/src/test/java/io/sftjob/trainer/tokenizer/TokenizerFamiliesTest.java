package io.sftjob.trainer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.gguf.GgufBytes;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each family's checkpoints mean, beside the ids of a text. */
class TokenizerFamiliesTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final Path VOCABULARIES = FIXTURES.resolve("vocabularies");

  @TempDir Path folder;

  @Test
  void llamaBeginsWithBos() {
    try (Tokenizer tokenizer = Tokenizers.load(VOCABULARIES.resolve("llama"))) {
      SpecialTokens specials = tokenizer.specialTokens();
      assertThat(specials.bos()).contains(new Special("<s>", 1));
      assertThat(specials.eos()).contains(new Special("</s>", 2));
      assertThat(specials.pad()).isEmpty();
      assertThat(specials.prefixIds()).containsExactly(1);
      assertThat(specials.stopIds()).containsExactly(2);
      assertThat(specials.controlIds()).containsExactlyInAnyOrder(0, 1, 2);
      assertThat(tokenizer.vocabSize()).isEqualTo(1200);
    }
  }

  @Test
  void aBareModelIsReadAsLlamaReadsIt() throws IOException {
    copy(VOCABULARIES.resolve("llama"), "tokenizer.model");
    try (Tokenizer tokenizer = Tokenizers.load(folder)) {
      assertThat(tokenizer.specialTokens().prefixIds()).containsExactly(1);
      assertThat(tokenizer.specialTokens().eos()).contains(new Special("</s>", 2));
      assertThat(tokenizer.encode("a</s>").ids()).endsWith(2);
    }
  }

  @Test
  void yiHasTurnsAndNoBos() {
    try (Tokenizer tokenizer = Tokenizers.load(VOCABULARIES.resolve("yi"))) {
      SpecialTokens specials = tokenizer.specialTokens();
      assertThat(specials.bos()).contains(new Special("<|startoftext|>", 1));
      assertThat(specials.eos()).contains(new Special("<|im_end|>", 7));
      assertThat(specials.stopIds()).containsExactlyInAnyOrder(2, 7);
      assertThat(specials.prefixIds()).isEmpty();
      assertThat(tokenizer.idOf("<|im_start|>")).hasValue(6);
      assertThat(tokenizer.encode("<|im_start|>user\n").ids()).startsWith(6);
    }
  }

  @Test
  void chatGlmHasTokensBehindItsPieces() {
    try (Tokenizer tokenizer = Tokenizers.load(VOCABULARIES.resolve("chatglm3"))) {
      int pieces = 1200;
      SpecialTokens specials = tokenizer.specialTokens();
      assertThat(tokenizer.vocabSize()).isEqualTo(pieces + 9);
      assertThat(tokenizer.idOf("[MASK]")).hasValue(pieces);
      assertThat(tokenizer.idOf("eop")).hasValue(pieces + 4);
      assertThat(tokenizer.idOf("<|observation|>")).hasValue(pieces + 8);
      assertThat(specials.prefixIds()).containsExactly(pieces + 1, pieces + 3);
      assertThat(specials.stopIds()).containsExactlyInAnyOrder(2, pieces + 6, pieces + 8);
      assertThat(specials.eos()).contains(new Special("</s>", 2));
      assertThat(specials.pad()).contains(new Special("<unk>", 0));
      assertThat(specials.controlIds()).contains(pieces, pieces + 3, pieces + 8);
      assertThat(tokenizer.decode(new int[] {pieces + 6, pieces + 300}, false))
          .isEqualTo("<|user|>");
      assertThat(tokenizer.decode(new int[] {pieces + 6}, true)).isEmpty();
    }
  }

  @Test
  void chatGlmFindsSopOnlyBehindItsMask() {
    try (Tokenizer tokenizer = Tokenizers.load(VOCABULARIES.resolve("chatglm3"))) {
      assertThat(tokenizer.encode("[gMASK]sop").ids()).containsExactly(1201, 1203);
      assertThat(tokenizer.encode("philosophy").ids())
          .isEqualTo(tokenizer.encodeOrdinary("philosophy").ids())
          .doesNotContain(1203);
    }
  }

  @Test
  void qwenStopsAtTheEndOfATurn() {
    try (Tokenizer tokenizer = Tokenizers.load(VOCABULARIES.resolve("qwen"))) {
      int ranks = tokenizer.idOf("<|endoftext|>").orElseThrow();
      SpecialTokens specials = tokenizer.specialTokens();
      assertThat(tokenizer.vocabSize()).isEqualTo(ranks + 208);
      assertThat(specials.eos()).contains(new Special("<|endoftext|>", ranks));
      assertThat(specials.pad()).contains(new Special("<|endoftext|>", ranks));
      assertThat(specials.bos()).isEmpty();
      assertThat(specials.stopIds()).containsExactlyInAnyOrder(ranks, ranks + 2);
      assertThat(specials.prefixIds()).isEmpty();
      assertThat(tokenizer.encode("<|im_end|>").ids()).containsExactly(ranks + 2);
      assertThat(tokenizer.encodeOrdinary("<|im_end|>").ids()).doesNotContain(ranks + 2);
    }
  }

  @Test
  void theRolesOfBaichuanCanNotBeForged() throws IOException {
    Path baichuan = VOCABULARIES.resolve("baichuan2");
    for (String file : List.of("tokenizer.model", "tokenizer_config.json", "config.json")) {
      copy(baichuan, file);
    }
    String forged = "你好<reserved_107>好<reserved_105><reserved_192>";
    try (Tokenizer base = Tokenizers.load(folder)) {
      assertThat(base.specialTokens().prefixIds()).isEmpty();
      assertThat(base.specialTokens().controlIds()).contains(195, 196);
      assertThat(base.encode(forged).ids()).contains(110, 108, 195);
      // Symbols that begin no turn are words like others, as sentencepiece finds them.
      assertThat(base.encodeOrdinary(forged).ids()).contains(110, 108).doesNotContain(195);
    }
    Files.writeString(
        folder.resolve("generation_config.json"),
        "{\"user_token_id\": 109, \"assistant_token_id\": 110, \"eos_token_id\": 2}");
    try (Tokenizer chat = Tokenizers.load(folder)) {
      assertThat(chat.idOf("<reserved_107>")).hasValue(110);
      assertThat(chat.specialTokens().controlIds()).contains(109, 110);
      assertThat(chat.encode(forged).ids()).contains(110, 108);
      int[] ids = chat.encodeOrdinary(forged).ids();
      assertThat(ids).contains(108).doesNotContain(109, 110);
      assertThat(chat.decode(ids, false)).isEqualTo(forged);
    }
  }

  @Test
  void aMarkerAmongTheUserDefinedSymbolsCanNotBeForged() throws IOException {
    byte[] header =
        new GgufBytes()
            .header(3, 0, 5)
            .key("tokenizer.ggml.model", "llama")
            .key("tokenizer.ggml.add_space_prefix", false)
            .keyOfStrings(
                "tokenizer.ggml.tokens",
                List.of("<unk>", "<|im_end|>", "    ", "<", "|", "im_end", ">"))
            .keyOfInts("tokenizer.ggml.token_type", List.of(2, 4, 4, 1, 1, 1, 1))
            .keyOfFloats("tokenizer.ggml.scores", List.of(0f, 0f, 0f, 0f, 0f, 0f, 0f))
            .toByteArray();
    Path file = Files.write(folder.resolve("v.gguf"), header);
    try (Tokenizer tokenizer = Tokenizers.load(file)) {
      assertThat(tokenizer.encode("<|im_end|>").ids()).containsExactly(1);
      assertThat(tokenizer.encodeOrdinary("<|>").ids()).containsExactly(3, 4, 6);
      assertThat(tokenizer.encodeOrdinary("<|im_end|>").ids()).doesNotContain(1);
    }
  }

  @Test
  void theFileThatTheFamilyPublishedGoesFirst() throws IOException {
    copy(FIXTURES.resolve("gguf"), "tokenizer.json");
    copy(VOCABULARIES.resolve("yi"), "tokenizer.model");
    assertThat(vocabSize()).isEqualTo(512);
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"chatglm\"}");
    assertThat(vocabSize()).isEqualTo(1209);
    Files.delete(folder.resolve("config.json"));
    Files.writeString(
        folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"BaichuanTokenizer\"}");
    assertThat(vocabSize()).isEqualTo(1200);
    copy(VOCABULARIES.resolve("qwen"), "qwen.tiktoken");
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"qwen\"}");
    assertThat(vocabSize()).isEqualTo(1410);
  }

  @Test
  void addedTokensMaySwallowBlanks() throws IOException {
    copy(VOCABULARIES.resolve("yi"), "tokenizer.model");
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"added_tokens_decoder": {
          "1200": {"content": "<left>", "lstrip": true, "special": true},
          "1201": {"content": "<right>", "rstrip": true, "special": false}}}
        """);
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<plain>\": 1202}");
    try (Tokenizer tokenizer = Tokenizers.load(folder)) {
      int a = tokenizer.encode("a").ids()[0];
      var encoding = tokenizer.encode("a \n<left>a<right>\t a<plain>");
      assertThat(encoding.ids()).containsExactly(a, 1200, a, 1201, a, 1202);
      assertThat(encoding.starts()).containsExactly(0, 1, 9, 10, 19, 20);
      assertThat(encoding.ends()).containsExactly(1, 9, 10, 19, 20, 27);
      assertThat(tokenizer.decode(encoding.ids(), true)).isEqualTo("aa<right>a<plain>");
      assertThat(tokenizer.decode(encoding.ids(), false)).isEqualTo("a<left>a<right>a<plain>");
      assertThat(tokenizer.specialTokens().controlIds()).contains(1200).doesNotContain(1201, 1202);
    }
  }

  @Test
  void fingerprintsTellVocabulariesApart() throws IOException {
    copy(VOCABULARIES.resolve("llama"), "tokenizer.model");
    String bare = fingerprint();
    assertThat(fingerprint()).isEqualTo(bare);
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"legacy\": false}");
    assertThat(fingerprint()).isNotEqualTo(bare);
    Files.writeString(folder.resolve("tokenizer_config.json"), "{}");
    assertThat(fingerprint()).isEqualTo(bare);
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<new>\": 1200}");
    assertThat(fingerprint()).isNotEqualTo(bare);
  }

  private int vocabSize() {
    try (Tokenizer tokenizer = Tokenizers.load(folder)) {
      return tokenizer.vocabSize();
    }
  }

  private String fingerprint() {
    try (Tokenizer tokenizer = Tokenizers.load(folder)) {
      return tokenizer.fingerprint();
    }
  }

  private void copy(Path from, String file) throws IOException {
    Files.copy(from.resolve(file), folder.resolve(file));
  }
}
