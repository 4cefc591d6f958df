package io.sftjob.trainer.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void readsMetadataAndTensors(int version) throws IOException {
    try (GgufFile file = GgufFile.open(write(small(version)))) {
      assertThat(file.version()).isEqualTo(version);
      GgufMetadata metadata = file.metadata();
      assertThat(metadata.string("general.architecture")).contains("llama");
      assertThat(metadata.integer("llama.block_count")).contains(2L);
      assertThat(metadata.bool("tokenizer.ggml.add_bos_token")).contains(true);
      assertThat(metadata.real("eps")).contains((double) 1e-5f);
      assertThat(metadata.strings("tokens")).contains(List.of("a", "Ġé"));
      assertThat(metadata.integers("types")).contains(List.of(1L, 3L));
      assertThat(metadata.string("absent")).isEmpty();

      GgufTensor tensor = file.tensor("w").orElseThrow();
      assertThat(tensor.type()).isEqualTo(GgmlType.F32);
      assertThat(tensor.shape()).containsExactly(2, 3);
      assertThat(tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
          .containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(file.tensors()).extracting(GgufTensor::name).containsExactly("w", "q");
      assertThat(file.tensor("q").orElseThrow().data().byteSize()).isEqualTo(2 * 18);
    }
  }

  @Test
  void everyTruncationIsFound() throws IOException {
    byte[] whole = small(3).toByteArray();
    for (int size = 0; size < whole.length; size++) {
      Path path = folder.resolve("cut.gguf");
      Files.write(path, Arrays.copyOf(whole, size));
      assertThatThrownBy(() -> GgufFile.open(path))
          .as("cut to %d bytes", size)
          .isInstanceOf(TrainerException.class)
          .hasMessageContaining("cut.gguf");
    }
  }

  @Test
  void saysWhereATruncatedFileShouldEnd() throws IOException {
    byte[] whole = small(3).toByteArray();
    Path path = write(Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> GgufFile.open(path))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageContainingAll(
            "tensor `q` ends at byte " + whole.length, "has " + (whole.length - 1) + " bytes");
  }

  @Test
  void namesTheUnknownType() throws IOException {
    var bytes = new GgufBytes().header(3, 1, 0).tensor("w", 4711, 0, 1).align(32).floats(1);
    assertThatThrownBy(() -> GgufFile.open(write(bytes)))
        .hasMessageContaining("tensor `w` has the unknown ggml type 4711");
  }

  @Test
  void refusesOtherFilesAndVersions() throws IOException {
    assertThatThrownBy(() -> GgufFile.open(write("PK\3\4zip".getBytes())))
        .hasMessageContaining("does not begin with `GGUF`");
    assertThatThrownBy(() -> GgufFile.open(write(new GgufBytes().header(4, 0, 0))))
        .hasMessageContaining("its version is 4; expected 2 or 3");
    assertThatThrownBy(() -> GgufFile.open(folder.resolve("absent.gguf")))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.StorageRefused))
        .hasMessageContaining("absent.gguf: no such file");
  }

  @Test
  void aHugeCountIsNotAllocated() throws IOException {
    assertThatThrownBy(() -> GgufFile.open(write(new GgufBytes().header(3, 0, 1L << 40))))
        .hasMessageContaining("announces 1099511627776 keys, more than the file can hold");
  }

  @Test
  void aKeyOfAnotherTypeIsNamed() throws IOException {
    try (GgufFile file = GgufFile.open(write(small(3)))) {
      assertThatThrownBy(() -> file.metadata().integer("general.architecture"))
          .hasMessageContaining("`general.architecture` holds a String; expected a Long");
    }
  }

  private static GgufBytes small(int version) {
    return new GgufBytes()
        .header(version, 2, 6)
        .key("general.architecture", "llama")
        .key("llama.block_count", 2)
        .key("tokenizer.ggml.add_bos_token", true)
        .key("eps", 1e-5f)
        .keyOfStrings("tokens", List.of("a", "Ġé"))
        .keyOfInts("types", List.of(1, 3))
        .tensor("w", 0, 0, 3, 2)
        .tensor("q", 2, 32, 32, 2)
        .align(32)
        .floats(1, 2, 3, 4, 5, 6)
        .align(32)
        .floats(new float[9]);
  }

  private Path write(GgufBytes bytes) throws IOException {
    return write(bytes.toByteArray());
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("model.gguf"), bytes);
  }
}
