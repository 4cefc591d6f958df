package io.sftjob.trainer.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void readsBackWhatItWrote() throws IOException {
    Path path = folder.resolve("a.safetensors");
    SafetensorsWriter.write(
        path,
        List.of(bytes("small", 5), floats("b", 1, 2, 3, 4, 5, 6), floats("a", 7), floats("none")),
        SafetensorsWriter.PYTORCH);
    try (var file = SafetensorsFile.open(path)) {
      assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
      assertThat(file.tensors())
          .extracting(StoredTensor::name)
          .containsExactlyInAnyOrder("a", "b", "none", "small");
      StoredTensor b = file.tensor("b").orElseThrow();
      assertThat(b.shape()).containsExactly(6);
      assertThat(b.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
          .containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(b.offset() % 4).isZero();
      assertThat(file.tensor("c")).isEmpty();
      assertThat(file.copy().getLast().data().remaining()).isEqualTo(5);
    }
  }

  @Test
  void theSameTensorsAreTheSameBytes() throws IOException {
    assertThat(write(List.of(floats("x", 1), bytes("y", 2), floats("a", 3, 4))))
        .isEqualTo(write(List.of(floats("a", 3, 4), floats("x", 1), bytes("y", 2))));
  }

  /** An adapter saved by the safetensors library itself. */
  @Test
  void writesTheBytesOfTheSafetensorsLibrary() throws IOException {
    Path peft = Path.of("src/test/resources/fixtures/tiny-llama/adapter/adapter_model.safetensors");
    try (var file = SafetensorsFile.open(peft)) {
      var out = new ByteArrayOutputStream();
      SafetensorsWriter.write(out, file.copy(), file.metadata());
      assertThat(out.toByteArray()).isEqualTo(Files.readAllBytes(peft));
    }
  }

  @Test
  void everyTruncationIsFound() throws IOException {
    byte[] whole = write(List.of(floats("weight", 1, 2, 3), floats("bias", 4)));
    for (int size = 0; size < whole.length; size++) {
      Path path = folder.resolve("cut.safetensors");
      Files.write(path, Arrays.copyOf(whole, size));
      assertThatThrownBy(() -> SafetensorsFile.open(path))
          .as("cut to %d bytes", size)
          .isInstanceOfSatisfying(
              TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
          .hasMessageContaining("cut.safetensors");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}} | tensor `w` ends at byte 12 of the data, but the file has only 8",
        "{\"w\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[0,8]}} | tensor `w` has the dtype `F4`; those that can be read are [F64, F32",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"v\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | tensor `v` begins at byte 0 of the data, where 4 was expected: it overlaps",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | there is a gap before it",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | has 4 bytes behind its last tensor",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,8]}} | tensor `w` has 8 bytes; its shape [2, 2] in F32 needs 16",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | tensor `w` has shape [-2]; expected a list of integers",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}} | impossible shape",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8]}} | tensor `w` has data_offsets [8]",
        "{\"w\":{},\"w\":{}} | no valid JSON: Duplicate field 'w'",
        "[] | no JSON object",
        "{\"w\": | no valid JSON",
      })
  void refusesBadHeadersByName(String json, String message) throws IOException {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    Path path = Files.write(folder.resolve("bad.safetensors"), bytes.array());
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining("bad.safetensors: ")
        .hasMessageContaining(message);
  }

  /** Of a file that has the bytes for it. */
  @Test
  void refusesAHeaderThatNoFileOfTensorsNeeds() throws IOException {
    Path path = folder.resolve("large.safetensors");
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(32L << 20);
      file.writeLong(Long.reverseBytes(17L << 20));
    }
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .hasMessage(path + ": announces a header of 17825792 bytes (2 to 16777216 are possible)");
  }

  @Test
  void namesAMissingFile() {
    assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("absent")))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.StorageRefused))
        .hasMessageContaining("absent: no such file");
  }

  private static byte[] write(List<HostTensor> tensors) throws IOException {
    var out = new ByteArrayOutputStream();
    SafetensorsWriter.write(out, tensors, SafetensorsWriter.PYTORCH);
    return out.toByteArray();
  }

  private static HostTensor floats(String name, float... values) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return new HostTensor(name, Dtype.F32, new long[] {values.length}, data);
  }

  private static HostTensor bytes(String name, int size) {
    return new HostTensor(name, Dtype.U8, new long[] {size}, ByteBuffer.allocate(size));
  }
}
