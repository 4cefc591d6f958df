package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class PrepareProcessTest {
  @TempDir private Path folder;

  @Test
  void theDataIsShownAndKeptForTheRun() {
    var job = new TinyJob(folder, 3, 3);
    try (var prepare = job.start("prepare")) {
      assertThat(prepare.exitCode()).as(prepare::output).isZero();
      assertThat(prepare.output())
          .contains("tokens read =", "targets", "masked", "⟦It is 0.<|im_end|>⟧")
          .doesNotContain("step 1/");
    }
    assertThat(job.output.resolve("prepared.safetensors")).isRegularFile();
    assertThat(job.output.resolve("adapter")).doesNotExist();

    try (var train = job.train()) {
      assertThat(train.exitCode()).as(train::output).isZero();
      assertThat(train.output()).contains("Using the prepared data").contains("tokens read =");
    }

    job.write("train.jsonl", "{\"messages\": [{\"role\": \"assistant\", \"content\": \"x\"}]}\n");
    job.replace(", evalFraction: \"0.1\"", "").replace(", evalSteps: 25", "");
    try (var again = job.start("prepare")) {
      assertThat(again.exitCode()).as(again::output).isZero();
      assertThat(again.output())
          .contains("Preparing anew")
          .contains("the training data has other content");
    }
  }

  @Test
  void thePackedRowsAreWritten() throws IOException {
    var job = new TinyJob(folder, 3, 3);
    var packs = folder.resolve("packs.jsonl");
    var eval = folder.resolve("eval.jsonl");
    Files.writeString(packs, "of an earlier run");
    try (var prepare =
        job.start("prepare", "--out", packs.toString(), "--eval-out", eval.toString())) {
      assertThat(prepare.exitCode()).as(prepare::output).isZero();
      assertThat(prepare.output()).contains("packed training rows are in " + packs);
    }
    long targets = 0;
    for (String line : Files.readAllLines(packs)) {
      var row = new ObjectMapper().readTree(line);
      assertThat(row.get("input_ids")).hasSizeBetween(1, 64);
      assertThat(row.get("labels")).hasSameSizeAs(row.get("input_ids"));
      assertThat(row.get("position_ids")).hasSameSizeAs(row.get("input_ids"));
      assertThat(row.get("segment_ids")).hasSameSizeAs(row.get("input_ids"));
      for (var label : row.get("labels")) {
        targets += label.asInt() == -100 ? 0 : 1;
      }
    }
    assertThat(Files.readAllLines(eval)).isNotEmpty();

    // Read back from the prepared data, and without the evaluation rows.
    var again = folder.resolve("again.jsonl");
    try (var prepare = job.start("prepare", "--out", again.toString())) {
      assertThat(prepare.exitCode()).as(prepare::output).isZero();
      assertThat(prepare.output())
          .contains("Using the prepared data", "packed evaluation rows are not written")
          .contains(String.format(Locale.ROOT, "= %,d targets", targets));
    }
    assertThat(again).hasSameTextualContentAs(packs);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --out /absent/packs.jsonl | 13 | --out: the folder /absent does not exist
          --out /tmp | 13 | --out: /tmp is a folder; name a file
          --out train.jsonl | 10 | --out: train.jsonl is the data that is read
          --out a.jsonl --eval-out a.jsonl | 10 | --out and --eval-out are the same file
          --eval-out a.jsonl | 10 | Missing required argument(s): --out=FILE
          """)
  void whereNothingCanBeWrittenNothingIsRead(String words, int code, String message) {
    var job = new TinyJob(folder, 3, 3);
    String[] options =
        Arrays.stream(words.split(" "))
            .map(w -> w.endsWith(".jsonl") && !w.startsWith("/") ? folder.resolve(w).toString() : w)
            .toArray(String[]::new);
    try (var prepare = job.start("prepare", options)) {
      assertThat(prepare.exitCode()).as(prepare::output).isEqualTo(code);
      assertThat(prepare.output().replace(folder + "/", ""))
          .contains(message)
          .doesNotContain("tokens read");
    }
    assertThat(folder.resolve("a.jsonl")).doesNotExist();
  }
}
