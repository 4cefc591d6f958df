package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sft inspect}. */
@Timeout(60)
class InspectProcessTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

  @Test
  void tellsWhatAGgufIs() {
    assertThat(inspect("gguf/tiny-llama.gguf"))
        .contains(
            "family        llama",
            "parameters    139,584",
            "layers        2 of hidden size 64",
            "attention     4 heads, 2 of keys and values, dimension 16",
            "MLP           SwiGLU of intermediate size 128",
            "vocabulary    512",
            "head          a matrix of its own, lm_head.weight",
            "stored as     F32 (13), Q8_0 (8)",
            "dtype: Auto   BFloat16",
            "LoRA targets  down_proj, gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj: 14 modules,"
                + " the first model.layers.0.self_attn.q_proj",
            "tokenizer     the GGUF's vocabulary, gpt2; 512 ids",
            "specials      bos <|im_start|> (1), eos <|im_end|> (2), pad <|im_end|> (2); a text begins"
                + " with [], a generation stops at [2]",
            "chats         the checkpoint's chat template");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "family-baichuan2-13b | family        baichuan2 | positions     ALiBi; made for",
        "family-baichuan2-7b | head          a matrix of its own, its rows scaled to length 1 | stored as     ",
        "family-chatglm3-32k | (neighbouring pairs) | the first transformer.encoder.layers.0.self_attention.query_key_value",
        "family-qwen-long | in evaluation a larger base beyond 32 (dynamic NTK) | LoRA targets  c_attn, c_proj, w1, w2: 10 modules",
        "family-qwen3 | head          tied: the embedding, model.embed_tokens.weight | norms of q and k",
        "rope-yarn | YaRN by 4 of 32 | tokenizer     can not be used: ",
        "rope-llama3 | Llama 3's scaling by | dtype: Auto   ",
        "quantized-nf4 | stored as     NF4 (7), BF16 (5) | dtype: Auto   BFloat16",
        "quantized-int8 | Int8 (7) | vocabulary ",
        "tiny-llama-sharded | files         20 tensors, 213,632 bytes | stored as     BF16 (20)",
      })
  void tellsWhatIsOfTheFamily(String model, String one, String other) {
    assertThat(inspect(model)).contains(one, other);
  }

  @Test
  void listsTheTensorsInTheirOrder() {
    List<String> tensors =
        inspect("family-chatglm3", "--tensors").lines().filter(l -> l.endsWith("]")).toList();
    assertThat(tensors)
        .hasSize(18)
        .startsWith("transformer.embedding.word_embeddings.weight F16 [192, 32]")
        .contains("transformer.encoder.layers.1.mlp.dense_h_to_4h.weight F16 [144, 32]");
  }

  @Test
  void refusesWhatTrainingWould() {
    refused("/absent", "--model: /absent does not exist");
    String vocabulary = FIXTURES.resolve("vocabularies/qwen").toString();
    refused(vocabulary, "config.json: `hidden_size` is missing");
  }

  private static String inspect(String model, String... options) {
    String[] arguments =
        Stream.concat(
                Stream.of("inspect", "--model", FIXTURES.resolve(model).toString()),
                Arrays.stream(options))
            .toArray(String[]::new);
    try (var process = SftProcess.start(Map.of(), arguments)) {
      assertThat(process.exitCode()).as(process::output).isZero();
      return process.output();
    }
  }

  private static void refused(String model, String words) {
    try (var process = SftProcess.start(Map.of(), "inspect", "--model", model)) {
      assertThat(process.exitCode()).as(process::output).isEqualTo(ExitCode.ModelNotUsable.code());
      assertThat(process.output()).contains(words);
    }
  }
}
