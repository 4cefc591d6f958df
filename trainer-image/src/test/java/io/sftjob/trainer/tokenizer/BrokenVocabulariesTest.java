package io.sftjob.trainer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.gguf.GgufBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One clear message each, and the exit code that says that no retry can help. */
class BrokenVocabulariesTest {
  private static final Path VOCABULARIES = Path.of("src/test/resources/fixtures/vocabularies");

  @TempDir Path folder;

  @Test
  void aModelCutAnywhereIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(VOCABULARIES.resolve("rules/tokenizer.model"));
    for (int length = 0; length < whole.length; length += 97) {
      Files.write(folder.resolve("tokenizer.model"), Arrays.copyOf(whole, length));
      refused().hasMessageContaining("tokenizer.model holds ");
    }
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    for (String text : List.of("", "IQ== 0\nIg== 1\n", "{\"model\": {}}", "\0\0\0\0")) {
      Files.writeString(folder.resolve("tokenizer.model"), text);
      refused().hasMessageContainingAll("tokenizer.model holds ", "no SentencePiece model");
    }
  }

  @Test
  void aPointerIsNamedAsOne() throws IOException {
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    for (String file : List.of("qwen.tiktoken", "tokenizer.model", "tokenizer.json")) {
      Files.writeString(folder.resolve(file), pointer);
      refused().hasMessageContainingAll(file, "Git LFS pointer", "git lfs pull");
    }
  }

  @Test
  void aTokenOfSingleWordsIsRefused() throws IOException {
    Files.copy(VOCABULARIES.resolve("yi/tokenizer.model"), folder.resolve("tokenizer.model"));
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"added_tokens_decoder\": {\"9\": {\"content\": \"word\", \"single_word\": true}}}");
    refused().hasMessageContainingAll("\"word\"", "single_word");
  }

  @Test
  void aSpecialTokenMustBeInTheVocabulary() throws IOException {
    Files.copy(VOCABULARIES.resolve("yi/tokenizer.model"), folder.resolve("tokenizer.model"));
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": \"<|nowhere|>\"}");
    refused().hasMessageContaining("eos_token is \"<|nowhere|>\", which is not in tokenizer.model");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "257 | 257        | line 257 is `257`; expected base64, a blank and a rank",
        "1   | AA== 0 0   | line 1 is `AA== 0 0`",
        "256 | /w== 256   | line 256: the rank is `256`; 256 lines have the ranks 0 to 255",
        "256 | /w== -1    | line 256: the rank is `-1`",
        "256 | /w== x     | line 256: the rank is `x`",
        "256 | /w== 254   | line 256 gives rank 254 again",
        "256 | /g== 255   | line 256 gives the token of line 255 again",
        "256 | ?? 255     | line 256: `??` is not base64",
        "256 | ISE= 255   | no token is the single byte 0xFF"
      })
  void aBrokenListOfRanksIsRefused(int line, String broken, String message) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      byte[] token = {(byte) b};
      lines.add(Base64.getEncoder().encodeToString(token) + " " + b);
    }
    if (line <= lines.size()) {
      lines.set(line - 1, broken);
    } else {
      lines.add(broken);
    }
    Files.write(folder.resolve("qwen.tiktoken"), lines);
    refused().hasMessageContainingAll("qwen.tiktoken: " + message, "download it again");
  }

  @Test
  void aBrokenGgufVocabularyIsRefused() throws IOException {
    refusedGguf(List.of("<unk>", "a", "a"), List.of(2, 1, 1), List.of(0f, 0f, 0f))
        .hasMessageContaining("the piece `a` twice");
    refusedGguf(List.of("<unk>", "a"), List.of(2, 1), List.of(0f))
        .hasMessageContaining("2 tokens, but 1 scores");
    refusedGguf(List.of("<unk>", "a"), List.of(2), List.of(0f, 0f))
        .hasMessageContaining("2 tokens, but 1 token types");
    refusedGguf(List.of("<unk>", "a"), List.of(2, 9), List.of(0f, 0f))
        .hasMessageContaining("a piece of the unknown type 9");
    refusedGguf(List.of("a", "b"), List.of(1, 1), List.of(0f, 0f))
        .hasMessageContaining("0 pieces for the unknown");
    refusedGguf(List.of("<unk>", "<0x41>"), List.of(2, 6), List.of(0f, 0f))
        .hasMessageContaining("1 byte pieces; expected 256");
    refusedGguf(List.of("<unk>", "a"), List.of(2, 1), List.of(0f, Float.NaN))
        .hasMessageContaining("the score NaN of piece `a`");
  }

  private AbstractThrowableAssert<?, ?> refusedGguf(
      List<String> tokens, List<Integer> types, List<Float> scores) throws IOException {
    byte[] bytes =
        new GgufBytes()
            .header(3, 0, 4)
            .key("tokenizer.ggml.model", "llama")
            .keyOfStrings("tokenizer.ggml.tokens", tokens)
            .keyOfInts("tokenizer.ggml.token_type", types)
            .keyOfFloats("tokenizer.ggml.scores", scores)
            .toByteArray();
    return refused(Files.write(folder.resolve("v.gguf"), bytes));
  }

  private AbstractThrowableAssert<?, ?> refused() {
    return refused(folder);
  }

  private static AbstractThrowableAssert<?, ?> refused(Path model) {
    return assertThatThrownBy(() -> Tokenizers.load(model))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageContaining(model.toString());
  }

  @Test
  void aLoneSurrogateIsNoCharacter() {
    for (String name : List.of("qwen", "yi")) {
      try (Tokenizer tokenizer = Tokenizers.load(VOCABULARIES.resolve(name))) {
        String text = "🙂\uDC00🙂\uD83D";
        var encoding = tokenizer.encodeOrdinary(text);
        assertThat(encoding.ids()).isEqualTo(tokenizer.encodeOrdinary("🙂\uFFFD🙂\uFFFD").ids());
        assertThat(encoding.ends()).endsWith(text.length());
        assertThat(tokenizer.encode(text).ids()).isEqualTo(encoding.ids());
      }
    }
  }
}
