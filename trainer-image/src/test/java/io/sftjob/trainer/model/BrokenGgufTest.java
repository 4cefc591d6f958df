package io.sftjob.trainer.model;

import io.sftjob.trainer.gguf.GgufBytes;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** GGUF files that are cut off, or announce what they do not have. */
class BrokenGgufTest {
  private static final Path GGUF = Path.of("src/test/resources/fixtures/gguf/tiny-llama.gguf");
  @TempDir Path folder;

  static Stream<Broken> broken() {
    return Stream.of(
        new Broken(
            "cut off", "is truncated; copy it again", f -> Broken.cut(Files.copy(GGUF, f), 2)),
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
  void broken(Broken broken) throws IOException {
    Path file = folder.resolve("model.gguf");
    broken.breakage().apply(file);
    Broken.refused(file, broken.message());
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
      Broken.refused(file, "are the most that are read");
    }
  }
}
