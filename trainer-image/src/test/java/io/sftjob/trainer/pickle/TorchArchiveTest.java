package io.sftjob.trainer.pickle;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Zips that are not as torch writes them. */
class TorchArchiveTest {
  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("archives")
  void refusesArchivesThatLie(String message, Archive archive) throws IOException {
    Path path = folder.resolve("lies.bin");
    try (RawZip zip = RawZip.create(path)) {
      archive.fill(zip);
    }
    Refused.asTorch(path, message);
  }

  private interface Archive {
    void fill(RawZip zip) throws IOException;
  }

  static Stream<Arguments> archives() {
    byte[] one =
        new PickleBytes()
            .op('}')
            .text("w")
            .tensor("FloatStorage", "0", 4, 0, new long[] {4}, new long[] {1})
            .op('s')
            .stop();
    return Stream.of(
        arguments(
            "its entry `a/data.pkl` is compressed",
            (Archive) zip -> zip.entry("a/data.pkl", one, e -> e.method = 8)),
        arguments(
            "its entry `a/data/0` is compressed",
            (Archive) zip -> pickled(zip, one).entry("a/data/0", new byte[16], e -> e.method = 8)),
        arguments(
            "its entry `a/data/0` is encrypted",
            (Archive) zip -> pickled(zip, one).entry("a/data/0", new byte[16], e -> e.flags = 1)),
        arguments(
            "its entry `a/data/0` announces 1073741824 bytes but takes 16",
            (Archive)
                zip -> pickled(zip, one).entry("a/data/0", new byte[16], e -> e.size = 1 << 30)),
        arguments(
            "its zip directory can not be read: data for a/data/0 overlaps with central directory",
            (Archive)
                zip ->
                    pickled(zip, one)
                        .entry("a/data/0", new byte[16], e -> e.size = e.compressed = 1 << 30)),
        arguments(
            "its entry `a/data/0` has 9223372036854775807 bytes",
            (Archive)
                zip ->
                    pickled(zip, one)
                        .entry(
                            "a/data/0", new byte[16], e -> e.size = e.compressed = Long.MAX_VALUE)),
        arguments(
            "its zip directory can not be read: ",
            (Archive) zip -> pickled(zip, one).entry("a/x", new byte[1], e -> e.header = 1 << 30)),
        arguments(
            "its entries `a/data.pkl` and `a/data/0` overlap",
            (Archive) zip -> pickled(zip, one).entry("a/data/0", new byte[16], e -> e.header = 0)),
        arguments(
            "its archive has two entries `a/data/0`",
            (Archive)
                zip ->
                    pickled(zip, one)
                        .entry("a/data/0", new byte[16])
                        .entry("a/data/0", new byte[16])),
        arguments(
            "a zip with 2 entries `<name>/data.pkl`",
            (Archive) zip -> pickled(zip, one).entry("b/data.pkl", one)),
        arguments(
            "a zip with 0 entries `<name>/data.pkl`",
            (Archive) zip -> zip.entry("a/b/data.pkl", one).entry("data.pkl", one)),
        arguments(
            "its numbers are big-endian",
            (Archive) zip -> pickled(zip, one).entry("a/byteorder", "big".getBytes())),
        arguments(
            "its data.pkl has 8388609 bytes",
            (Archive) zip -> zip.hole("a/data.pkl", (8 << 20) + 1)),
        arguments(
            "its pickle ends in the middle", (Archive) zip -> zip.entry("a/data.pkl", new byte[0])),
        arguments(
            "holds more than 100000 values at a time",
            (Archive) zip -> zip.entry("a/data.pkl", filled(100_001, '}'))));
  }

  /** A directory that would take far more memory than the file has bytes. */
  @Test
  void readsNoDirectoryWithoutEnd() throws IOException {
    Path path = folder.resolve("entries.bin");
    String name = "x".repeat(60_000);
    try (RawZip zip = RawZip.create(path)) {
      for (int i = 0; i < 300; i++) {
        zip.entry(name, new byte[0]);
      }
    }
    Refused.asTorch(path, "its zip directory is too large for the tensors of one file");
  }

  private static RawZip pickled(RawZip zip, byte[] pickle) throws IOException {
    return zip.entry("a/data.pkl", pickle);
  }

  private static byte[] filled(int size, char opcode) {
    byte[] pickle = new byte[size];
    Arrays.fill(pickle, (byte) opcode);
    return pickle;
  }
}
