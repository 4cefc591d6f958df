package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ExitCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each way in which a checkpoint can be broken: one message and exit code 11. */
@Timeout(60)
class BadModelProcessTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final String SHARD = "model-00002-of-00003.safetensors";

  @TempDir private Path folder;

  @Test
  void anUnknownModelType() throws IOException {
    config(config -> config.put("model_type", "mamba"));
    refused("config.json: `model_type` is `mamba`; those known are baichuan, chatglm");
  }

  @Test
  void aConfigWithoutANeededKey() throws IOException {
    config(config -> config.remove("hidden_size"));
    refused("config.json: `hidden_size` is missing");
  }

  @Test
  void aTensorOfAnotherShape() throws IOException {
    config(config -> config.put("vocab_size", 513));
    refused("tensor `model.embed_tokens.weight` has shape [512, 64]; the configuration implies");
  }

  @Test
  void aShardCutOff() throws IOException {
    config(config -> {});
    Path shard = folder.resolve(SHARD);
    byte[] bytes = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(bytes, bytes.length - 100));
    refused("truncated, copy it again");
  }

  @Test
  void aShardThatIsNotThere() throws IOException {
    config(config -> {});
    Files.delete(folder.resolve(SHARD));
    refused("names the shard `" + SHARD + "`, which is not in the folder");
  }

  @Test
  void aPickleThatWouldRunCode() throws IOException {
    torchFile(Files.readAllBytes(FIXTURES.resolve("torch-bin/hostile.bin")));
    refused("its pickle names __builtin__.print; only tensors and plain containers are read");
  }

  @Test
  void aZipThatWouldFillTheMemory() throws IOException {
    torchFile(new byte[0]);
    Path file = folder.resolve("pytorch_model.bin");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      for (int i = 0; i < 300; i++) {
        zip.write(new byte[1 << 20]);
      }
    }
    assertThat(Files.size(file)).isLessThan(1 << 20);
    refused("compressed");
  }

  @Test
  void aGgufOfAbsurdCounts() throws IOException {
    Path file = folder.resolve("absurd.gguf");
    var header = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    header.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(1L << 62).putLong(1);
    Files.write(file, header.array());
    refused(file, "4611686018427387904");
  }

  /** The sharded fixture with another config.json. */
  private void config(Consumer<ObjectNode> change) throws IOException {
    try (var files = Files.list(FIXTURES.resolve("tiny-llama-sharded"))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Path file = folder.resolve("config.json");
    var config = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    change.accept(config);
    Files.writeString(file, config.toString());
  }

  private void torchFile(byte[] bytes) throws IOException {
    Files.copy(FIXTURES.resolve("tiny-llama/config.json"), folder.resolve("config.json"));
    Files.write(folder.resolve("pytorch_model.bin"), bytes);
  }

  private void refused(String words) {
    refused(folder, words);
  }

  private static void refused(Path model, String words) {
    try (var process = SftProcess.start(Map.of(), "inspect", "--model", model.toString())) {
      assertThat(process.exitCode()).as(process::output).isEqualTo(ExitCode.ModelNotUsable.code());
      assertThat(process.output().lines().filter(line -> line.contains("ERROR")))
          .as(process::output)
          .singleElement()
          .asString()
          .contains(words);
      assertThat(process.output()).doesNotContain("\tat ");
    }
  }
}
