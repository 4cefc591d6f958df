package io.sftjob.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.Device;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.gguf.GgufBytes;
import io.sftjob.trainer.pickle.PickleBytes;
import io.sftjob.trainer.pickle.RawZip;
import io.sftjob.trainer.pickle.TorchBytes;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights that are broken in any of their forms end the run before it begins, and say how. */
class BrokenWeightsTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final Path GGUF = Path.of("src/test/resources/fixtures/gguf/tiny-llama.gguf");
  private static final String SAFETENSORS_INDEX = "model.safetensors.index.json";
  private static final String TORCH_INDEX = "pytorch_model.bin.index.json";
  @TempDir Path folder;

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(folder.resolve("config.json"), RandomModel.config().toString());
  }

  /** Writes the tensors of a valid model in some form. */
  private interface Form {
    void write(Path folder, List<HostTensor> tensors) throws IOException;
  }

  private static void safetensors(Path folder, List<HostTensor> tensors) throws IOException {
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
  }

  private static void torch(Path folder, List<HostTensor> tensors) throws IOException {
    TorchBytes.write(folder.resolve("pytorch_model.bin"), tensors);
  }

  private static void safetensorsShards(Path folder, List<HostTensor> tensors) throws IOException {
    SafetensorsWriter.write(folder.resolve("a"), tensors.subList(0, 5), Map.of());
    SafetensorsWriter.write(folder.resolve("b"), tensors.subList(5, tensors.size()), Map.of());
    index(folder.resolve(SAFETENSORS_INDEX), tensors);
  }

  private static void torchShards(Path folder, List<HostTensor> tensors) throws IOException {
    TorchBytes.write(folder.resolve("a"), tensors.subList(0, 5));
    TorchBytes.write(folder.resolve("b"), tensors.subList(5, tensors.size()));
    index(folder.resolve(TORCH_INDEX), tensors);
  }

  private static void index(Path path, List<HostTensor> tensors) throws IOException {
    var entries = new ArrayList<String>();
    for (int i = 0; i < tensors.size(); i++) {
      entries.add("\"%s\": \"%s\"".formatted(tensors.get(i).name(), i < 5 ? "a" : "b"));
    }
    Files.writeString(path, "{\"weight_map\": {" + String.join(", ", entries) + "}}");
  }

  static Stream<Arguments> forms() {
    return Stream.of(
        arguments("model.safetensors", (Form) BrokenWeightsTest::safetensors),
        arguments("", (Form) BrokenWeightsTest::safetensorsShards),
        arguments("pytorch_model.bin", (Form) BrokenWeightsTest::torch),
        arguments("", (Form) BrokenWeightsTest::torchShards));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyFormIsReadWhereNothingIsWrong(String file, Form form) throws IOException {
    form.write(folder, tensors());
    try (var model = load(folder)) {
      assertThat(model.dtype()).isEqualTo(ModelDtype.Float32);
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void namesTheTensorAndItsShape(String file, Form form) throws IOException {
    String location = folder.resolve(file).toString();
    form.write(folder, without(tensors(), "model.layers.1.mlp.up_proj.weight"));
    refused(folder, location + " has no `model.layers.1.mlp.up_proj.weight`");

    form.write(folder, with(tensors(), new HostTensor("x", Dtype.F32, shape(), bytes(4))));
    refused(folder, location + " holds `x`, which the model described by its configuration");

    HostTensor embedding = tensors().getFirst();
    List<HostTensor> others = without(tensors(), EMBEDDING);
    form.write(
        folder,
        with(others, new HostTensor(EMBEDDING, Dtype.F32, shape(16, 40), embedding.data())));
    refused(
        folder,
        "tensor `%s` has shape [16, 40]; the configuration implies [40, 16]".formatted(EMBEDDING));

    form.write(
        folder, with(others, new HostTensor(EMBEDDING, Dtype.I64, shape(40, 16), bytes(5120))));
    refused(folder, "tensor `%s` has the dtype I".formatted(EMBEDDING));
  }

  /** A way to break what lies at a path, and what is said of it. */
  private record Broken(String name, String message, Breakage breakage) {
    @Override
    public String toString() {
      return name;
    }
  }

  private interface Breakage {
    void apply(Path path) throws IOException;
  }

  static Stream<Broken> broken() {
    return Stream.of(
        new Broken(
            "a shard of safetensors that is cut off",
            "of the data, but the file has only ",
            f -> {
              safetensorsShards(f, tensors());
              cut(f.resolve("b"), 2);
            }),
        new Broken(
            "a torch shard that is cut off",
            "b: not a usable PyTorch file: its zip directory can not be read: ",
            f -> {
              torchShards(f, tensors());
              cut(f.resolve("b"), 2);
            }),
        new Broken(
            "a torch file that is cut off",
            "pytorch_model.bin: not a usable PyTorch file: its zip directory can not be read: ",
            f -> {
              torch(f, tensors());
              cut(f.resolve("pytorch_model.bin"), 2);
            }),
        new Broken(
            "a header of safetensors that is cut off",
            "but has 16 bytes: truncated, copy it again",
            f -> {
              safetensors(f, tensors());
              cut(
                  f.resolve("model.safetensors"),
                  Files.size(f.resolve("model.safetensors")) / 16.0);
            }),
        new Broken(
            "an index with a missing shard of safetensors",
            SAFETENSORS_INDEX + " names the shard `b`, which is not in the folder",
            f -> {
              safetensorsShards(f, tensors());
              Files.delete(f.resolve("b"));
            }),
        new Broken(
            "an index with a missing torch shard",
            TORCH_INDEX + " names the shard `b`, which is not in the folder",
            f -> {
              torchShards(f, tensors());
              Files.delete(f.resolve("b"));
            }),
        new Broken(
            "an index with a tensor that is not there",
            TORCH_INDEX + " puts the tensor `model.norm.weight` in b; it is not there",
            f -> {
              torchShards(f, tensors());
              List<HostTensor> others = without(tensors(), "model.norm.weight");
              TorchBytes.write(f.resolve("b"), others.subList(5, others.size()));
            }),
        new Broken(
            "a pointer of Git LFS",
            "model.safetensors: is a pointer of Git LFS, not the file itself",
            f ->
                Files.writeString(
                    f.resolve("model.safetensors"),
                    "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4096\n")),
        new Broken(
            "a hostile pickle",
            "pytorch_model.bin: not a usable PyTorch file: its pickle names posix.system; only"
                + " tensors and plain containers are read",
            f -> {
              try (RawZip zip = RawZip.create(f.resolve("pytorch_model.bin"))) {
                zip.entry(
                    "archive/data.pkl",
                    new PickleBytes()
                        .global("posix", "system")
                        .text("touch /tmp/owned")
                        .op(0x85, 'R')
                        .stop());
              }
            }),
        new Broken(
            "a zip bomb",
            "its entry `archive/data.pkl` is compressed; torch.save stores entries as they are",
            f -> deflated(f.resolve("pytorch_model.bin"))),
        new Broken(
            "no weights",
            "has none of model.safetensors.index.json, model.safetensors, ",
            f -> {}));
  }

  @ParameterizedTest
  @MethodSource
  void broken(Broken broken) throws IOException {
    broken.breakage.apply(folder);
    refused(folder, broken.message);
  }

  static Stream<Broken> brokenGguf() {
    return Stream.of(
        new Broken("cut off", "is truncated; copy it again", f -> cut(Files.copy(GGUF, f), 2)),
        new Broken(
            "no file of weights",
            "does not begin with `GGUF`",
            f -> Files.writeString(f, "<html>")),
        new Broken(
            "a pointer of Git LFS",
            "is a pointer of Git LFS",
            f -> Files.writeString(f, "version https://git-lfs.github.com/spec/v1\n")),
        gguf(
            "tensors",
            "announces 9223372036854775807 tensors",
            g -> g.header(3, Long.MAX_VALUE, 0)),
        gguf("keys", "announces 18446744073709551615 keys", g -> g.header(3, 0, -1)),
        gguf(
            "a key's length",
            "announces 1000000 bytes of text, more than the file can hold",
            g -> g.header(3, 0, 1).int64(1_000_000).floats(new float[10])),
        gguf(
            "a text's length",
            "announces 18446744073709551614 bytes of text",
            g -> g.header(3, 0, 1).string("k").int32(8).int64(-2).int64(0)),
        gguf(
            "an array's size",
            "announces 4611686018427387904 items of `k`",
            g -> g.header(3, 0, 1).string("k").int32(9).int32(0).int64(1L << 62).int64(0)),
        gguf(
            "nested arrays",
            "key `k` nests arrays deeper than 4",
            g -> {
              g.header(3, 0, 1).string("k").int32(9);
              for (int i = 0; i < 10; i++) {
                g.int32(9).int64(1);
              }
              return g;
            }),
        gguf(
            "a value's type",
            "key `k` has the unknown value type 13",
            g -> g.header(3, 0, 1).string("k").int32(13).int64(0)),
        gguf(
            "dimensions",
            "tensor `w` has 5 dimensions",
            g -> g.header(3, 1, 0).tensor("w", 0, 0, 1, 1, 1, 1, 1)),
        gguf(
            "a size that overflows",
            "tensor `w` has an impossible shape",
            g -> g.header(3, 1, 0).tensor("w", 0, 0, 1L << 32, 1L << 32)),
        gguf(
            "a negative dimension",
            "tensor `w` has an impossible shape",
            g -> g.header(3, 1, 0).tensor("w", 0, 0, -4)),
        gguf(
            "a row that is no whole block",
            "tensor `w` has rows of 33 elements; Q8_0 needs a multiple of 32",
            g -> g.header(3, 1, 0).tensor("w", 8, 0, 33)),
        gguf(
            "an offset",
            "tensor `w` is at 7, which is not a multiple of the alignment 32",
            g -> g.header(3, 1, 0).tensor("w", 0, 7, 1).align(32).floats(new float[32])),
        gguf(
            "an offset behind the end",
            "it is truncated; copy it again",
            g -> g.header(3, 1, 0).tensor("w", 0, Long.MAX_VALUE - 31, 1).align(32).floats(0)),
        gguf(
            "tensors that overlap",
            "tensors `v` and `w` overlap",
            g ->
                g.header(3, 2, 0)
                    .tensor("v", 0, 0, 9)
                    .tensor("w", 0, 32, 1)
                    .align(32)
                    .floats(new float[9])),
        gguf(
            "an alignment",
            "general.alignment is 3; expected a power of two",
            g -> g.header(3, 0, 1).key("general.alignment", 3)),
        gguf(
            "a tensor that is there twice",
            "tensor `w` appears twice",
            g ->
                g.header(3, 2, 0)
                    .tensor("w", 0, 0, 1)
                    .tensor("w", 0, 32, 1)
                    .align(32)
                    .floats(new float[9])),
        gguf("no architecture", "has no key `general.architecture`", g -> g.header(3, 0, 0)),
        gguf(
            "another architecture",
            "the GGUF key `general.architecture` is `mamba`",
            g -> g.header(3, 0, 1).key("general.architecture", "mamba")));
  }

  private static Broken gguf(String name, String message, UnaryOperator<GgufBytes> bytes) {
    return new Broken(
        name, message, file -> Files.write(file, bytes.apply(new GgufBytes()).toByteArray()));
  }

  @ParameterizedTest
  @MethodSource
  void brokenGguf(Broken broken) throws IOException {
    Path file = folder.resolve("model.gguf");
    broken.breakage.apply(file);
    refused(file, broken.message);
  }

  /** Counts that a file of gigabytes could hold, and no header has. */
  @Test
  void aLargeGgufTakesNoMemoryForWhatItAnnounces() throws IOException {
    Path file = folder.resolve("model.gguf");
    for (var head :
        List.of(
            new GgufBytes().header(3, 100_000_000, 0),
            new GgufBytes().header(3, 0, 100_000_000),
            new GgufBytes().header(3, 0, 1).string("k").int32(9).int32(0).int64(1L << 31),
            new GgufBytes().header(3, 0, 1).string("k").int32(8).int64(1L << 31))) {
      Files.deleteIfExists(file);
      try (var out = new FileOutputStream(file.toFile())) {
        out.write(head.toByteArray());
        out.getChannel().write(ByteBuffer.allocate(1), 5L << 30);
      }
      refused(file, "are the most that are read");
    }
  }

  private static void deflated(Path path) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(path))) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(new PickleBytes().op('}').stop());
      zip.putNextEntry(new ZipEntry("archive/data/0"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        zip.write(zeros);
      }
    }
  }

  private static void cut(Path file, double divisor) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, (int) (bytes.length / divisor)));
  }

  private static List<HostTensor> tensors() {
    return RandomModel.tensors(RandomModel.config(), Path.of("."), 1);
  }

  private static List<HostTensor> without(List<HostTensor> tensors, String name) {
    return tensors.stream().filter(tensor -> !tensor.name().equals(name)).toList();
  }

  private static List<HostTensor> with(List<HostTensor> tensors, HostTensor tensor) {
    var all = new ArrayList<>(tensors);
    all.add(tensor);
    return all;
  }

  private static long[] shape(long... dimensions) {
    return dimensions;
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size);
  }

  private static void refused(Path path, String message) {
    assertThatThrownBy(() -> load(path).close())
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageContaining(path.toString())
        .hasMessageContaining(message);
  }

  private static CausalLm load(Path path) {
    return CausalLm.load(path, Device.cpu(), ModelDtype.Auto, LoadListener.NONE);
  }
}
