package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImportProcessTest {
  @TempDir private Path folder;

  /** From another program's words to packed rows. */
  @Test
  void theJobIsPrepared() throws IOException {
    var rows = new TinyJob(folder, 3, 3).folder.resolve("train.jsonl");
    var spec = folder.resolve("imported.yaml");
    try (var imported =
        start(
            "import --out %s --name tiny trl sft --model_name_or_path %s --dataset_name %s --use_peft"
                + " --output_dir %s/out --max_length 64 --packing --assistant_only_loss --novel 1",
            spec, TinyJob.MODEL, rows, folder)) {
      assertThat(imported.exitCode()).as(imported::output).isZero();
      assertThat(imported.output()).contains("Unknown: novel 1");
    }
    try (var prepare = start("prepare --spec %s --out %s/packs.jsonl", spec, folder)) {
      assertThat(prepare.exitCode()).as(prepare::output).isZero();
      assertThat(prepare.output()).contains("Job tiny:", "packing Bfd", "learningRate 2e-5");
    }
    assertThat(folder.resolve("packs.jsonl")).isNotEmptyFile();
  }

  @Test
  void strictWritesNothing() {
    var spec = folder.resolve("imported.yaml");
    try (var imported =
        start(
            "import --strict --out %s --model_name_or_path a --dataset_name b --use_dora", spec)) {
      assertThat(imported.exitCode()).isEqualTo(10);
      assertThat(imported.output()).contains("Lost: use_dora true", "--strict: arguments");
    }
    assertThat(spec).doesNotExist();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void stdoutIsTheJobAlone() throws IOException {
    var out = Files.createFile(folder.resolve("stdout"));
    var words =
        List.of("import", "--model_name_or_path", "a/m", "--dataset_name", "d", "--use_peft");
    try (var imported =
        SftProcess.onTerminal(
            80, "> " + out, Map.of("TERM", "dumb"), words.toArray(String[]::new))) {
      assertThat(imported.exitCode()).as(imported::output).isZero();
      assertThat(imported.output()).contains("WARN  ToDo: model_name_or_path a/m");
    }
    assertThat(Files.readAllLines(out))
        .startsWith(
            "# Made by sft import of the arguments of TRL (trl 1.16.0, transformers 5.24.0).")
        .contains("kind: SFTJob");
  }

  private static SftProcess start(String line, Object... values) {
    var words = new ArrayList<String>();
    for (String word : line.formatted(values).split(" ")) {
      words.add(word);
    }
    return SftProcess.start(Map.of(), words.toArray(String[]::new));
  }
}
