package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.model.Fixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(90)
class QuantizeProcessTest {
  private static final String MODEL = folderOf("tiny-llama");
  @TempDir private Path folder;

  @Test
  void whatItWritesIsAModel() throws Exception {
    String out = folder.resolve("made/by/quantize").toString();
    try (var process =
        quantize("--mode", "NF4", "--double-quant", "--max-shard-size", "90KB", out)) {
      assertThat(process.exitCode()).as(process::output).isZero();
      assertThat(process.output())
          .contains("Quantizing 14 linears of " + MODEL)
          .contains("as NF4 with blocks of 64 and double quantization, in 3 files")
          .contains("The quantized checkpoint is in " + out);
    }
    Path ids = Files.writeString(folder.resolve("ids.json"), "[[5, 17, 300, 42, 9]]");
    Path logits = folder.resolve("logits.safetensors");
    try (var process =
        SftProcess.start(
            Map.of(),
            "logits",
            "--model",
            out,
            "--ids",
            ids.toString(),
            "--out",
            logits.toString())) {
      assertThat(process.exitCode()).as(process::output).isZero();
    }
    assertThat(logits).isNotEmptyFile();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--mode NF5 | InvalidSpec | expected one of [NF4, FP4, Int8] (case-sensitive) but was 'NF5'",
        "--mode NF4 --block-size 48 | InvalidSpec | The block size 48 is not possible; expected one of [32, 64,",
        "--mode Int8 --block-size 64 | InvalidSpec | Int8 has a scale per row",
        "--mode Int8 --double-quant | InvalidSpec | Int8 has a scale per row",
      })
  void namesTheArgumentThatCanNotBe(String arguments, ExitCode code, String words) {
    var all = new ArrayList<>(List.of(arguments.split(" ")));
    all.add(folder.resolve("out").toString());
    try (var process = quantize(all.toArray(String[]::new))) {
      assertThat(process.exitCode()).as(process::output).isEqualTo(code.code());
      assertThat(process.output()).contains(words);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesWhatIsQuantizedAlready() {
    String out = folder.resolve("out").toString();
    try (var process =
        SftProcess.start(
            Map.of(),
            "quantize",
            "--model",
            folderOf("quantized-nf4"),
            "--mode",
            "NF4",
            "--out",
            out)) {
      assertThat(process.exitCode()).isEqualTo(ExitCode.ModelNotUsable.code());
      assertThat(process.output()).contains("quantized-nf4 is quantized already");
    }
    assertThat(folder).isEmptyDirectory();
  }

  /** The last argument is the folder that is written. */
  private static SftProcess quantize(String... options) {
    var arguments = new ArrayList<>(List.of("quantize", "--model", MODEL));
    arguments.addAll(List.of(options));
    arguments.add(arguments.size() - 1, "--out");
    return SftProcess.start(Map.of(), arguments.toArray(String[]::new));
  }

  private static String folderOf(String fixture) {
    return Fixture.of(fixture).folder().toAbsolutePath().toString();
  }
}
