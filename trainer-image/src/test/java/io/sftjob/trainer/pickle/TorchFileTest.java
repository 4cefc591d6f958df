package io.sftjob.trainer.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TorchFileTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures/torch-bin");
  @TempDir Path folder;

  @Test
  void readsWhatTorchSaved() {
    TorchFile file = TorchFile.open(FIXTURES.resolve("pytorch_model.bin"));
    TorchTensor transposed = file.tensor("transposed.weight").orElseThrow();
    assertThat(transposed.shape()).containsExactly(6, 4);
    assertThat(transposed.strides()).containsExactly(1, 6);
    assertThat(transposed.type()).isEqualTo(ElementType.F32);
    TorchTensor rows = file.tensor("rows.weight").orElseThrow();
    assertThat(rows.offset()).isEqualTo(10);
    assertThat(rows.storageElements()).isEqualTo(40);
    assertThat(rows.storageOffset())
        .isEqualTo(file.tensor("columns.weight").orElseThrow().storageOffset());
    assertThat(file.tensors()).allSatisfy(t -> assertThat(t.storageOffset() % 64).isZero());
    assertThat(file.tensors()).extracting(TorchTensor::type).containsOnly(ElementType.values());
    assertThat(file.tensor("scalar").orElseThrow().shape()).isEmpty();
    assertThat(file.tensor("empty").orElseThrow().shape()).containsExactly(0, 4);
    assertThat(file.tensor("absent")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hostile.bin | its pickle names __builtin__.print; only tensors and plain containers are read",
        "whole_module.bin | its pickle names __main__.SmallModel; only tensors",
        "missing_storage.bin | tensor `steps` lies in the entry `data/0`, which is not there",
        "truncated.bin | copy it again",
        "plain_pickle.bin | it is a bare pickle. Load it in Python",
        "legacy.bin | it is in the format from before PyTorch 1.6, which is not read. Load it in Python",
      })
  void refusesWhatTorchSavedButNoStateDict(String name, String message) {
    Refused.asTorch(FIXTURES.resolve(name), message);
  }

  @ParameterizedTest
  @MethodSource("pickles")
  void refusesAnyOtherPickle(String message, PickleBytes pickle) throws IOException {
    Refused.asTorch(file(pickle.stop()), message);
  }

  static Stream<Arguments> pickles() {
    return Stream.of(
        arguments("names posix.system;", new PickleBytes().global("posix", "system")),
        arguments("names builtins.eval;", new PickleBytes().global("builtins", "eval")),
        arguments("names torch.nope;", new PickleBytes().global("torch", "nope")),
        arguments("names x.FloatStorage;", new PickleBytes().global("x", "FloatStorage")),
        arguments(
            "names torch._utils._rebuild_qtensor;",
            new PickleBytes().global("torch._utils", "_rebuild_qtensor")),
        arguments(
            "names nt.system;", new PickleBytes().text("nt").text("system").op(0x93, ')', 'R')),
        arguments("names a\uFFFDb.c;", new PickleBytes().text("a\u001bb").text("c").op(0x93)),
        arguments(
            "opcode 0x81 at byte 28", // NEWOBJ
            new PickleBytes().global("collections", "OrderedDict").op(')', 0x81)),
        arguments("opcode 0x82", new PickleBytes().op(0x82, 1)), // EXT1, a registry of classes
        arguments("opcode 0x69", new PickleBytes().op('(', 'i')), // INST
        arguments("opcode 0x53", new PickleBytes().op('(', 'S')), // protocol 0
        arguments("is of protocol 6", new PickleBytes().op(0x80, 6)),
        arguments("ends in the middle", new PickleBytes().op('X', 0xff, 0xff, 0xff, 0x7f)),
        arguments("ends in the middle", new PickleBytes().op(0x8d, 0, 0, 0, 0, 0, 0, 0, 0x80)),
        arguments("an integer of 127 bytes", new PickleBytes().op(0x8a, 127)),
        arguments("an integer of -2 bytes", new PickleBytes().op(0x8b, 0xfe, 0xff, 0xff, 0xff)),
        arguments("does not fit together at byte 2", new PickleBytes().op('t')),
        arguments("does not fit together at byte 2", new PickleBytes().op('R')),
        arguments("does not fit together at byte 3", new PickleBytes().op('h', 0)),
        arguments("does not fit together at byte 3", new PickleBytes().op('(', 0x85)),
        arguments("does not fit together at byte 4", new PickleBytes().op(']', 'N', 's')),
        arguments("does not fit together at byte 5", new PickleBytes().op('}', '(', 'N', 'u')),
        arguments("keys are no strings", new PickleBytes().op('}', ']', 'N', 's')),
        arguments("holds no dictionary of tensors", new PickleBytes().op(']')),
        arguments(
            "something else than a tensor under `epoch`",
            new PickleBytes().op('}').text("epoch").op('K', 3, 's')),
        arguments(
            "something else than a tensor under `model`",
            new PickleBytes().op('}').text("model").op('}', 's')),
        arguments(
            "an OrderedDict of 1 arguments",
            new PickleBytes().global("collections", "OrderedDict").op(']', 0x85, 'R')),
        arguments(
            "makes a tensor of something else",
            new PickleBytes().global("torch._utils", "_rebuild_tensor_v2").op(')', 'R')),
        arguments(
            "makes a parameter of something else",
            new PickleBytes().global("torch._utils", "_rebuild_parameter").op(']', 0x85, 'R')),
        arguments("that is no storage", new PickleBytes().text("x").op('Q')));
  }

  @ParameterizedTest
  @MethodSource("tensors")
  void refusesTensorsThatDoNotFitInTheirStorage(String message, PickleBytes pickle)
      throws IOException {
    Refused.asTorch(file(pickle.op('s').stop()), "tensor `w` " + message);
  }

  /** The archive has one storage, `0`, of 16 bytes. */
  static Stream<Arguments> tensors() {
    long huge = Long.MAX_VALUE;
    return Stream.of(
        arguments(
            "lies in the entry `data/1`, which is not there", w("1", 4, 0, longs(4), longs(1))),
        arguments(
            "lies in the entry `data/../data/0`, which is not there",
            w("../data/0", 4, 0, longs(4), longs(1))),
        arguments(
            "lies in the entry `data/0` of 16 bytes; its 5 elements of F32 need 20",
            w("0", 5, 0, longs(5), longs(1))),
        arguments("lies in a storage of " + huge, w("0", huge, 0, longs(4), longs(1))),
        arguments(
            "lies in the entry `data/0` of 16 bytes; its -4 elements",
            w("0", -4, 0, longs(4), longs(1))),
        arguments("has the shape [5]", w("0", 4, 0, longs(5), longs(1))),
        arguments("has the shape [4]", w("0", 4, 1, longs(4), longs(1))),
        arguments("has the shape [2]", w("0", 4, -1, longs(2), longs(1))),
        arguments("has the shape [2]", w("0", 4, 3, longs(2), longs(-1))),
        arguments("has the shape [-1]", w("0", 4, 0, longs(-1), longs(1))),
        arguments("has the shape [2]", w("0", 4, 0, longs(2), longs(huge))),
        arguments(
            "has the shape [2147483648, 2147483648, 4]",
            w("0", 4, 0, longs(1L << 31, 1L << 31, 4), longs(0, 0, 0))),
        arguments("has the shape [5000]", w("0", 4, 0, longs(5000), longs(0))),
        arguments("has 1 dimensions and 2 strides", w("0", 4, 0, longs(4), longs(1, 1))));
  }

  private static PickleBytes w(
      String key, long elements, long offset, long[] shape, long[] strides) {
    return new PickleBytes()
        .op('}')
        .text("w")
        .tensor("FloatStorage", key, elements, offset, shape, strides);
  }

  private static long[] longs(long... values) {
    return values;
  }

  @Test
  void tellsTheWayOutOfOtherFormats() throws IOException {
    Path path = folder.resolve("other.bin");
    Refused.asTorch(
        Files.write(path, new PickleBytes().op('}').stop()), "it is a bare pickle. Load it");
    Refused.asTorch(Files.writeString(path, "<html>"), "it does not begin as a zip");
    Refused.asTorch(Files.write(path, new byte[0]), "it does not begin as a zip");
    Files.writeString(path, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    assertThatThrownBy(() -> TorchFile.open(path))
        .hasMessage(
            path + ": is a pointer of Git LFS, not the file itself; fetch it with `git lfs pull`");
    assertThatThrownBy(() -> TorchFile.open(folder.resolve("absent.bin")))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.StorageRefused));
  }

  @Test
  void everyTruncationIsFound() throws IOException {
    byte[] whole = Files.readAllBytes(FIXTURES.resolve("state_dict.bin"));
    for (int size = 4; size < whole.length; size += size < whole.length - 100 ? 13 : 1) {
      Refused.asTorch(
          Files.write(folder.resolve("cut.bin"), Arrays.copyOf(whole, size)), "copy it again");
    }
  }

  /** A storage of 5 GiB: offsets and sizes beyond 32 bits, in a file that is almost all hole. */
  @Test
  void readsBeyondFourGiB() throws IOException {
    long elements = 5L << 28;
    Path path = folder.resolve("huge.bin");
    byte[] pickle =
        new PickleBytes()
            .op('}', '(')
            .text("huge")
            .tensor("FloatStorage", "0", elements, 0, longs(5, 1 << 28), longs(1 << 28, 1))
            .text("last")
            .tensor("FloatStorage", "1", 4, 0, longs(4), longs(1))
            .op('u')
            .stop();
    try (RawZip zip = RawZip.create(path)) {
      zip.hole("a/data/0", 4 * elements).entry("a/data/1", new byte[16]);
      zip.entry("a/data.pkl", pickle);
    }
    TorchFile file = TorchFile.open(path);
    assertThat(file.tensor("huge").orElseThrow().elements()).isEqualTo(elements);
    assertThat(file.tensor("last").orElseThrow().storageOffset()).isGreaterThan(4 * elements);
  }

  private Path file(byte[] pickle) throws IOException {
    Path path = folder.resolve("weights.bin");
    try (RawZip zip = RawZip.create(path)) {
      zip.entry("archive/data.pkl", pickle).entry("archive/data/0", new byte[16]);
    }
    return path;
  }
}
