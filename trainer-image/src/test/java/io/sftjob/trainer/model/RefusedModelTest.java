package io.sftjob.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that we would compute wrongly is refused, by the name of what is wrong. */
class RefusedModelTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "model_type | \"mamba\" | `model_type` is `mamba`; those known are baichuan, chatglm, llama, mistral, qwen, qwen2, qwen3",
        "hidden_act | \"gelu\" | `hidden_act` is \"gelu\"; only silu is known",
        "sliding_window | 4096 | `sliding_window` is 4096",
        "quantization_config | {\"quant_method\": \"gptq\"} | `quantization_config` has the method \"gptq\"",
        "rope_scaling | {\"type\": \"longrope\"} | the rope type is `longrope`; those known are default, linear, dynamic, llama3 and yarn",
        "rope_scaling | {\"type\": \"yarn\"} | `factor` is missing; expected a number",
        "rope_scaling | {\"rope_type\": \"llama3\", \"factor\": 8} | `low_freq_factor` is missing; expected a number",
        "hidden_size | null | `hidden_size` is missing",
        "hidden_size | \"16\" | `hidden_size` is \"16\"; expected an integer above 0",
        "num_key_value_heads | 3 | `num_attention_heads` 4 is no multiple of `num_key_value_heads` 3",
        "head_dim | 5 | `head_dim` 5 is odd",
        "vocab_size | 41 | tensor `model.embed_tokens.weight` has shape [40, 16]; the configuration implies [41, 16]",
        "attention_bias | true | has no `model.layers.0.self_attn.k_proj.bias`",
        "num_hidden_layers | 1 | holds `model.layers.1.input_layernorm.weight`",
        "num_hidden_layers | 2000000000 | has 21 tensors, too few for the 2000000000 layers of the configuration",
        "head_dim | 2147483646 | 4 heads and 2 key-value heads of dimension 2147483646, or 24 features of the MLP, are more than any model has",
        "tie_word_embeddings | true | the configuration ties the embeddings, but `lm_head.weight` differs",
      })
  void namesTheField(String field, String value, String message) throws IOException {
    List<HostTensor> tensors = RandomModel.tensors(RandomModel.config(), folder, 1);
    ObjectNode config = RandomModel.config();
    config.set(field, new ObjectMapper().readTree(value));
    RandomModel.write(folder, config, tensors);
    refused(message);
  }

  /** Networks that share a model_type, and that only a name or a size tells apart. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "family-baichuan-7b | vocab_size | 65025 | `vocab_size` 65025 is neither Baichuan's (64,000) nor Baichuan 2's (125,696)",
        "family-baichuan-7b | vocab_size | 125695 | write `\"tokenizer_class\": \"BaichuanTokenizer\"`",
        "family-baichuan-7b | hidden_size | 5120 | `hidden_size` 5120 is that of a model that uses ALiBi",
        "family-baichuan-13b | hidden_size | 4096 | `hidden_size` 4096 is that of a model that rotates positions",
        "family-chatglm3-32k | _name_or_path | \"THUDM/chatglm2-6b-32k\" | in a ChatGLM2, which divides positions by it",
        "family-chatglm3-32k | auto_map | {\"AutoModel\": \"THUDM/ChatGLM2-6b--modeling.A\"} | `rope_ratio` is ",
      })
  void namesTheOtherNetwork(String family, String field, String value, String message)
      throws IOException {
    ObjectNode config = config(family);
    config.set(field, new ObjectMapper().readTree(value));
    Files.writeString(folder.resolve("config.json"), config.toString());
    refused(message);
  }

  @ParameterizedTest
  @CsvSource({"64000, Linear", "65024, Linear", "125696, Normalised", "128000, Normalised"})
  void anUnmarkedBaichuanIsToldByItsVocabulary(int vocabulary, DecoderSpec.Head head)
      throws IOException {
    ObjectNode config = config("family-baichuan-7b").put("vocab_size", vocabulary);
    assertThat(Families.spec(new ConfigFile(folder, config)).head()).isEqualTo(head);
  }

  private static ObjectNode config(String family) throws IOException {
    Path path = Path.of("src/test/resources/fixtures", family, "config.json");
    return (ObjectNode) new ObjectMapper().readTree(path.toFile());
  }

  @Test
  void namesTheTensor() throws IOException {
    List<HostTensor> tensors = RandomModel.tensors(RandomModel.config(), folder, 1);
    RandomModel.write(folder, RandomModel.config(), tensors.subList(1, tensors.size()));
    refused("model.safetensors has no `" + EMBEDDING + "`");

    var surplus = new ArrayList<>(tensors);
    surplus.add(new HostTensor("model.extra", Dtype.F32, new long[0], ByteBuffer.allocate(4)));
    RandomModel.write(folder, RandomModel.config(), surplus);
    refused("holds `model.extra`, which the model described by its configuration does not have");

    var integers = new ArrayList<>(tensors);
    HostTensor first = integers.removeFirst();
    integers.add(new HostTensor(first.name(), Dtype.I32, first.shape(), first.data()));
    RandomModel.write(folder, RandomModel.config(), integers);
    refused("tensor `" + EMBEDDING + "` has the dtype I32; expected F32, F16 or BF16");
  }

  @Test
  void namesTheTruncatedFile() throws IOException {
    RandomModel.write(folder, RandomModel.config(), 1);
    Path file = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 100));
    refused("model.safetensors: tensor `");
    refused("truncated, copy it again");
  }

  @Test
  void namesTheMissingFile() throws IOException {
    refused("config.json: no such file");
    Files.writeString(folder.resolve("config.json"), RandomModel.config().toString());
    refused("has none of model.safetensors.index.json, model.safetensors, pytorch_model.bin");
    assertThatThrownBy(() -> load(folder.resolve("absent")))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.StorageRefused));
  }

  @Test
  void namesTheShard() throws IOException {
    RandomModel.write(folder, RandomModel.config(), 1);
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\": {\"" + EMBEDDING + "\": \"b.safetensors\"}}");
    refused("names the shard `b.safetensors`, which is not in the folder");
    Files.writeString(index, "{\"weight_map\": {\"x\": \"model.safetensors\"}}");
    refused("puts the tensor `x` in model.safetensors; it is not there");
    Files.writeString(index, "{\"weight_map\": {\"" + EMBEDDING + "\": \"../b.safetensors\"}}");
    refused("names the shard `../b.safetensors`");
    Files.writeString(index, "{}");
    refused("has no `weight_map`");
  }

  @Test
  void acceptsARepeatedTiedHeadAndOldBuffers() throws IOException {
    ObjectNode config = RandomModel.config().put("tie_word_embeddings", true);
    List<HostTensor> tensors = RandomModel.tensors(config, folder, 1);
    HostTensor embedding = tensors.getFirst();
    tensors.add(new HostTensor("lm_head.weight", Dtype.F32, embedding.shape(), embedding.data()));
    tensors.add(
        new HostTensor(
            "model.layers.0.self_attn.rotary_emb.inv_freq",
            Dtype.F32,
            new long[] {2},
            ByteBuffer.allocate(8)));
    RandomModel.write(folder, config, tensors);
    try (var model = load(folder)) {
      assertThat(model.spec().tiedEmbeddings()).isTrue();
      assertThat(model.dtype()).isEqualTo(ModelDtype.Float32);
    }
  }

  @Test
  void autoFollowsTheFile() {
    try (var model = Fixture.of("tiny-llama-sharded").load(ModelDtype.Auto)) {
      assertThat(model.dtype()).isEqualTo(ModelDtype.BFloat16);
    }
  }

  @Test
  void tellsHowFarItIs() throws IOException {
    RandomModel.write(folder, RandomModel.config(), 1);
    var done = new ArrayList<Long>();
    CausalLm.load(
            folder,
            Device.cpu(),
            ModelDtype.Auto,
            (bytes, total) -> {
              assertThat(bytes).isLessThanOrEqualTo(total);
              done.add(bytes);
              if (bytes == total) {
                done.add(-1L);
              }
            })
        .close();
    assertThat(done.subList(0, done.size() - 1)).isSorted();
    assertThat(done.getLast()).isEqualTo(-1);
  }

  private void refused(String message) {
    assertThatThrownBy(() -> load(folder).close())
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(message);
  }

  private static CausalLm load(Path path) {
    return CausalLm.load(path, Device.cpu(), ModelDtype.Auto, LoadListener.NONE);
  }
}
