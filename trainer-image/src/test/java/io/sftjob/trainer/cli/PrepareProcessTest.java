package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
}
