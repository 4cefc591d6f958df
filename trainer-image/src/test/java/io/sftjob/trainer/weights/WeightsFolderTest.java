package io.sftjob.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.pickle.TorchBytes;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class WeightsFolderTest {
  private static Kernels kernels;
  @TempDir Path folder;

  @BeforeAll
  static void load() {
    kernels = Kernels.load(Device.cpu());
  }

  @AfterAll
  static void close() {
    kernels.close();
  }

  /** Each further file is preferred to those before. */
  @Test
  void takesTheFirstThatIsThere() throws IOException {
    assertThatThrownBy(() -> WeightsFolder.open(folder, kernels))
        .hasMessage(
            folder
                + " has none of model.safetensors.index.json, model.safetensors,"
                + " pytorch_model.bin.index.json, pytorch_model.bin. Weights in other files must"
                + " be converted to safetensors.");
    torch("pytorch_model.bin", "w", 1);
    assertThat(value("w")).isEqualTo(1);
    torch("a.bin", "w", 2);
    index("pytorch_model.bin.index.json", "{'w': 'a.bin'}");
    assertThat(value("w")).isEqualTo(2);
    safetensors("model.safetensors", "w", 3);
    assertThat(value("w")).isEqualTo(3);
    safetensors("b.safetensors", "w", 4);
    index("model.safetensors.index.json", "{'w': 'b.safetensors'}");
    assertThat(value("w")).isEqualTo(4);
    assertThat(logged())
        .isEqualTo(
            folder
                + " has model.safetensors.index.json, model.safetensors,"
                + " pytorch_model.bin.index.json, pytorch_model.bin;"
                + " model.safetensors.index.json is read");
  }

  private String logged() {
    var logger = (Logger) LoggerFactory.getLogger(WeightsFolder.class);
    var appender = new ListAppender<ILoggingEvent>();
    appender.start();
    logger.addAppender(appender);
    try {
      value("w");
    } finally {
      logger.detachAppender(appender);
    }
    return appender.list.getFirst().getFormattedMessage();
  }

  @Test
  void readsAllShards() throws IOException {
    torch("a.bin", "w", 1);
    torch("b.bin", "v", 2);
    index("pytorch_model.bin.index.json", "{'w': 'a.bin', 'v': 'b.bin'}");
    assertThat(value("w")).isEqualTo(1);
    assertThat(value("v")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "{'w': 'a.bin', 'v': 'c.bin'} | names the shard `c.bin`, which is not in the folder",
        "{'w': '../a.bin'} | names the shard `../a.bin`, which is not in the folder",
        "{'w': ''} | names the shard ``, which is not in the folder",
        "{'w': '..'} | names the shard `..`, which is not in the folder",
        "{'w': '.'} | names the shard `.`, which is not in the folder",
        "{'w': {'x': 1}} | names the shard ``, which is not in the folder",
        "{'w': 'a.bin', 'x': 'a.bin'} | puts the tensor `x` in a.bin; it is not there",
        "{'w': 'a.bin', 'v': 'a.bin'} | puts the tensor `v` in a.bin; it is not there",
        "{'w': 'a.bin', 'w': 'a.bin'} | is no valid JSON: Duplicate field 'w'",
        "{'w': 'a.bin' | is no valid JSON: ",
        "{} | has no `weight_map`",
        "[] | has no `weight_map`",
      })
  void refusesAnIndexThatIsWrong(String map, String message) throws IOException {
    torch("a.bin", "w", 1);
    torch("b.bin", "v", 2);
    index("pytorch_model.bin.index.json", map);
    assertThatThrownBy(() -> WeightsFolder.open(folder, kernels).close())
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.ModelNotUsable))
        .hasMessageStartingWith(folder.resolve("pytorch_model.bin.index.json").toString())
        .hasMessageContaining(message);
  }

  @Test
  void namesBothShardsOfATensorThatIsThereTwice() throws IOException {
    Path a = safetensors("a.safetensors", "w", 1);
    Path b = safetensors("b.safetensors", "w", 2);
    safetensors("c.safetensors", "v", 3);
    index("model.safetensors.index.json", "{'w': 'a.safetensors', 'v': 'b.safetensors'}");
    assertThatThrownBy(() -> WeightsFolder.open(folder, kernels))
        .hasMessage("%s and %s both hold the tensor `w`".formatted(a, b));
  }

  private float value(String name) {
    try (var source = WeightsFolder.open(folder, kernels);
        NDArray found = source.load(kernels.manager(), name, TorchDtype.FLOAT32)) {
      return found.toFloatArray()[0];
    }
  }

  private void index(String name, String map) throws IOException {
    Files.writeString(folder.resolve(name), "{'weight_map': %s}".formatted(map).replace('\'', '"'));
  }

  private Path torch(String file, String tensor, float value) throws IOException {
    return TorchBytes.write(folder.resolve(file), List.of(tensor(tensor, value)));
  }

  private Path safetensors(String file, String tensor, float value) throws IOException {
    Path path = folder.resolve(file);
    SafetensorsWriter.write(path, List.of(tensor(tensor, value)), Map.of());
    return path;
  }

  private static HostTensor tensor(String name, float value) {
    ByteBuffer data = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, value);
    return new HostTensor(name, Dtype.F32, new long[] {1}, data);
  }
}
