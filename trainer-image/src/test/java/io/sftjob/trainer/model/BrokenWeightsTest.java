package io.sftjob.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.Device;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.pickle.PickleBytes;
import io.sftjob.trainer.pickle.RawZip;
import io.sftjob.trainer.pickle.TorchBytes;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights that are broken in any of their forms end the run before it begins, and say how. */
class BrokenWeightsTest {
  private static final String EMBEDDING = "model.embed_tokens.weight";
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
    Broken.refused(folder, location + " has no `model.layers.1.mlp.up_proj.weight`");

    form.write(folder, with(tensors(), new HostTensor("x", Dtype.F32, shape(), bytes(4))));
    Broken.refused(folder, location + " holds `x`, which the model described by its configuration");

    HostTensor embedding = tensors().getFirst();
    List<HostTensor> others = without(tensors(), EMBEDDING);
    form.write(
        folder,
        with(others, new HostTensor(EMBEDDING, Dtype.F32, shape(16, 40), embedding.data())));
    Broken.refused(
        folder,
        "tensor `%s` has shape [16, 40]; the configuration implies [40, 16]".formatted(EMBEDDING));

    form.write(
        folder, with(others, new HostTensor(EMBEDDING, Dtype.I64, shape(40, 16), bytes(5120))));
    Broken.refused(folder, "tensor `%s` has the dtype I".formatted(EMBEDDING));
  }

  static Stream<Broken> broken() {
    return Stream.of(
        new Broken(
            "a shard of safetensors that is cut off",
            "of the data, but the file has only ",
            f -> {
              safetensorsShards(f, tensors());
              Broken.cut(f.resolve("b"), 2);
            }),
        new Broken(
            "a torch shard that is cut off",
            "b: not a usable PyTorch file: its zip directory can not be read: ",
            f -> {
              torchShards(f, tensors());
              Broken.cut(f.resolve("b"), 2);
            }),
        new Broken(
            "a torch file that is cut off",
            "pytorch_model.bin: not a usable PyTorch file: its zip directory can not be read: ",
            f -> {
              torch(f, tensors());
              Broken.cut(f.resolve("pytorch_model.bin"), 2);
            }),
        new Broken(
            "a header of safetensors that is cut off",
            "but has 16 bytes: truncated, copy it again",
            f -> {
              safetensors(f, tensors());
              Broken.cut(
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
    broken.breakage().apply(folder);
    Broken.refused(folder, broken.message());
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

  private static CausalLm load(Path path) {
    return CausalLm.load(path, Device.cpu(), ModelDtype.Auto, LoadListener.NONE);
  }
}
