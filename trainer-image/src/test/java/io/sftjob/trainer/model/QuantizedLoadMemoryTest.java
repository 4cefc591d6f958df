package io.sftjob.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.quant.Codebook;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.report.ProcessMemory;
import io.sftjob.trainer.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading is a stream: the dense weights are never in memory together. */
@Tag("slow")
class QuantizedLoadMemoryTest {
  private static final long MIB = 1 << 20;
  @TempDir Path folder;

  /** 2.2 GB of bfloat16, of which 969 million weights are quantized. */
  @Test
  void thePeakIsTheQuantizedModelAndOneTensor() throws IOException, InterruptedException {
    RandomCheckpoint.write(RandomCheckpoint.config("1b"), folder);
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                QuantizedLoadMemoryTest.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(lines).hasSize(1);
    double linears = 22.0 * (2 * 2048 * 2048 + 2 * 2048 * 256 + 3 * 2048 * 5632);
    double scales = linears / 64 * (1 + 4.0 / 256);
    double quantized = linears / 2 + scales + 2 * 2 * 32000 * 2048;
    double largestInFloat32 = 4.0 * 32000 * 2048;
    assertThat(Double.parseDouble(lines.getFirst()))
        .isLessThan(quantized + largestInFloat32 + 400 * MIB)
        .isGreaterThan(quantized);
  }

  /** Loads a model in NF4 with double quantization and prints the peak of resident memory. */
  public static void main(String[] arguments) {
    TorchRuntime.start(OptionalInt.of(2));
    var format = new QuantConfig.FourBit(Codebook.NF4, 64, true);
    try (var model =
        CausalLm.load(
            Path.of(arguments[0]),
            Device.cpu(),
            ModelDtype.BFloat16,
            Optional.of(format),
            LoadListener.NONE)) {
      assertThat(model.dtype()).isEqualTo(ModelDtype.BFloat16);
      System.out.printf("%.0f%n", ProcessMemory.peakBytes());
    }
  }
}
