package io.sftjob.trainer.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.merge.Merge.Request;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.model.LoadListener;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against PEFT's merge_and_unload on the same base in bfloat16 (parity/lora_adapters.py). */
class MergeTest {
  private static final Path ADAPTERS = Fixture.of("lora-adapters").folder();
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    TorchRuntime.start(OptionalInt.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "patterns, tiny-llama, dtype",
    "whole, tiny-llama, dtype",
    "embedding-tied, tiny-llama-sharded, torch_dtype",
    "chatglm3, family-chatglm3, torch_dtype",
    "baichuan2-7b, family-baichuan2-7b, torch_dtype",
    "qwen, family-qwen, torch_dtype",
  })
  void tensorsAreThoseOfMergeAndUnload(String name, String base, String dtypeKey)
      throws IOException {
    Path out = merge(base, ADAPTERS.resolve(name), Optional.of(MergeDtype.BFloat16), 100_000);
    var found = tensors(out);
    var expected = tensors(ADAPTERS.resolve("merged-" + name + ".safetensors"));
    found.keySet().removeIf(tensor -> tensor.endsWith(".inv_freq"));
    assertThat(found).containsOnlyKeys(expected.keySet());
    expected.forEach((tensor, values) -> assertSame(tensor, found.get(tensor), values));
    var config = JSON.readTree(out.resolve("config.json").toFile());
    assertThat(config.path("tie_word_embeddings").asBoolean()).isFalse();
    assertThat(config.path(dtypeKey).asText()).isEqualTo("bfloat16");
  }

  /** Rounding at a tie may go either way by the last bit of float32. */
  private static void assertSame(String tensor, HostTensor found, HostTensor expected) {
    assertThat(found.dtype()).as(tensor).isEqualTo(Dtype.BF16);
    assertThat(found.shape()).as(tensor).isEqualTo(expected.shape());
    int different = 0;
    for (int i = 0; i < expected.data().remaining(); i += 2) {
      int distance = Math.abs(found.data().getShort(i) - expected.data().getShort(i));
      assertThat(distance).as("%s[%d] in units of the last place", tensor, i / 2).isLessThan(2);
      different += distance;
    }
    assertThat(different).as(tensor).isLessThanOrEqualTo(expected.data().remaining() / 2 / 500);
  }

  @Test
  void theFolderIsACheckpointInShards() throws IOException {
    Path out = merge("tiny-llama", ADAPTERS.resolve("patterns"), Optional.empty(), 100_000);
    JsonNode index = JSON.readTree(out.resolve("model.safetensors.index.json").toFile());
    assertThat(index.path("metadata").path("total_size").asLong())
        .isEqualTo(tensors(out).values().stream().mapToLong(t -> t.data().remaining()).sum());
    assertThat(out).isDirectoryContaining("glob:**/model-00001-of-00004.safetensors");
    assertThat(out.resolve("generation_config.json"))
        .hasSameBinaryContentAs(
            Fixture.of("tiny-llama").folder().resolve("generation_config.json"));
    assertThat(out.resolve("model.safetensors")).doesNotExist();
    CausalLm.load(out, Device.cpu(), ModelDtype.Auto, LoadListener.NONE).close();
    assertThat(folder).isDirectoryNotContaining("glob:**/.*");
  }

  /** What follows from the configuration is no weight: it keeps its values. */
  @Test
  void buffersKeepTheirValues() throws IOException {
    String buffer = "transformer.rotary_pos_emb.inv_freq";
    var before = tensors(Fixture.of("family-chatglm3").folder().resolve("model.safetensors"));
    Path out = merge("family-chatglm3", ADAPTERS.resolve("chatglm3"), Optional.empty(), 1 << 30);
    var values = before.get(buffer).data().asShortBuffer();
    var found = tensors(out).get(buffer);
    assertThat(found.dtype()).isEqualTo(Dtype.F32);
    for (int i = 0; i < values.remaining(); i++) {
      assertThat(found.data().getFloat(4 * i)).isEqualTo(Float.float16ToFloat(values.get(i)));
    }
    assertThat(tensors(out).get("transformer.output_layer.weight").dtype()).isEqualTo(Dtype.F16);
  }

  @Test
  void torchFilesAreABaseToo() throws IOException {
    Path adapter = ADAPTERS.resolve("../family-baichuan-7b/adapter");
    Path out = merge("family-baichuan-7b-bin", adapter, Optional.empty(), 1 << 30);
    assertThat(tensors(out)).containsKey("model.layers.0.self_attn.W_pack.weight");
    assertThat(out).isDirectoryNotContaining("glob:**/*.bin");
  }

  @Test
  void aTiedModelStaysTiedWhereOnlyLinearsChange() throws IOException {
    Path out = merge("tiny-llama-sharded", ADAPTERS.resolve("patterns"), Optional.empty(), 1 << 30);
    assertThat(tensors(out)).doesNotContainKey("lm_head.weight");
    assertThat(JSON.readTree(out.resolve("config.json").toFile()).path("tie_word_embeddings"))
        .isEqualTo(JSON.readTree("true"));
  }

  @Test
  void float16IsWrittenToo() throws IOException {
    Path out =
        merge("tiny-llama", ADAPTERS.resolve("regex"), Optional.of(MergeDtype.Float16), 1 << 30);
    assertThat(tensors(out).values()).extracting(HostTensor::dtype).containsOnly(Dtype.F16);
  }

  @Test
  void aFullFolderIsLeftAlone() throws IOException {
    Files.writeString(Files.createDirectory(folder.resolve("out")).resolve("mine"), "x");
    assertRefused(
        request("tiny-llama", ADAPTERS.resolve("patterns"), Optional.empty(), 1 << 30),
        ExitCode.InvalidSpec,
        "out is not empty. Nothing was changed there");
    assertThat(folder.resolve("out/mine")).hasContent("x");
  }

  @Test
  void anEmptyFolderIsTaken() throws IOException {
    Files.createDirectory(folder.resolve("out"));
    assertThat(merge("tiny-llama", ADAPTERS.resolve("regex"), Optional.empty(), 1 << 30))
        .isNotEmptyDirectory();
  }

  @Test
  void aGgufFileIsNoBase() {
    Path gguf = Path.of("src/test/resources/fixtures/gguf/tiny-llama.gguf");
    assertRefused(
        new Request(gguf, ADAPTERS.resolve("regex"), folder.resolve("out"), Optional.empty(), 1000),
        ExitCode.ModelNotUsable,
        "A GGUF file can not be merged into");
  }

  @Test
  void aQuantizedFolderIsNoBase() throws IOException {
    Path base = Files.createDirectory(folder.resolve("base"));
    Files.writeString(base.resolve("config.json"), "{\"quantization_config\": {\"bits\": 4}}");
    assertRefused(
        new Request(base, ADAPTERS.resolve("regex"), folder.resolve("out"), Optional.empty(), 1000),
        ExitCode.ModelNotUsable,
        "Merge into the checkpoint of 16 bits");
  }

  @Test
  void anAdapterOfAnotherModelIsRefusedByName() throws IOException {
    Path adapter = changed("patterns", tensors -> tensors.removeFirst(), config -> {});
    assertRefused(
        request("tiny-llama", adapter, Optional.empty(), 1 << 30),
        ExitCode.ModelNotUsable,
        "no tensor `base_model.model.model.layers.");
  }

  @Test
  void aBrokenAdapterIsRefusedByTheTensorThatItBreaks() throws IOException {
    Path adapter =
        changed("patterns", tensors -> tensors.getFirst().data().putFloat(0, Float.NaN), c -> {});
    assertRefused(
        request("tiny-llama", adapter, Optional.empty(), 1 << 30),
        ExitCode.ModelNotUsable,
        "has values that are infinite or not a number");
  }

  @Test
  void whatTheCheckFindsIsKeptAndNamed() throws IOException {
    // Attention to one token or another by a hair: rounding to 16 bits decides.
    Path adapter = changed("patterns", tensors -> {}, config -> config.put("lora_alpha", 10_000));
    assertRefused(
        request("tiny-llama", adapter, Optional.empty(), 1 << 30),
        ExitCode.ModelNotUsable,
        "It is kept for inspection in");
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(folder.resolve(".out.unfinished/config.json")).exists();
    merge("tiny-llama", ADAPTERS.resolve("patterns"), Optional.empty(), 1 << 30);
    assertThat(folder.resolve(".out.unfinished")).doesNotExist();
  }

  private interface Change<T> {
    void of(T value);
  }

  private Path changed(String name, Change<List<HostTensor>> tensors, Change<ObjectNode> config)
      throws IOException {
    Path adapter = Files.createDirectory(folder.resolve("adapter"));
    var json =
        (ObjectNode) JSON.readTree(ADAPTERS.resolve(name).resolve("adapter_config.json").toFile());
    config.of(json);
    Files.writeString(adapter.resolve("adapter_config.json"), json.toString());
    try (var file =
        SafetensorsFile.open(ADAPTERS.resolve(name).resolve("adapter_model.safetensors"))) {
      var list = new ArrayList<>(file.copy());
      tensors.of(list);
      SafetensorsWriter.write(adapter.resolve("adapter_model.safetensors"), list, Map.of());
    }
    return adapter;
  }

  private Path merge(String base, Path adapter, Optional<MergeDtype> dtype, long shard) {
    var request = request(base, adapter, dtype, shard);
    Merge.run(request);
    return request.out();
  }

  private Request request(String base, Path adapter, Optional<MergeDtype> dtype, long shard) {
    return new Request(Fixture.of(base).folder(), adapter, folder.resolve("out"), dtype, shard);
  }

  private static void assertRefused(Request request, ExitCode code, String message) {
    assertThatThrownBy(() -> Merge.run(request))
        .isInstanceOfSatisfying(TrainerException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  /** Of a file, or of all in a folder. */
  private static Map<String, HostTensor> tensors(Path path) throws IOException {
    var tensors = new HashMap<String, HostTensor>();
    try (var files = Files.walk(path)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        try (var opened = SafetensorsFile.open(file)) {
          opened.copy().forEach(tensor -> tensors.put(tensor.name(), tensor));
        }
      }
    }
    return tensors;
  }
}
