package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class GenerateProcessTest {
  private static final String QUESTION = "What is 3 plus 21?";

  @TempDir private Path folder;

  /** An overfitted adapter answers as its data does, so template, adapter and stop tokens fit. */
  @Test
  void anAdapterAnswersAsItWasTaught() {
    var job =
        new TinyJob(folder, 60, 100)
            .replace(", evalFraction: \"0.1\"", "")
            .replace(", evalSteps: 25", "")
            .replace("rank: 4, dropout: \"0.1\"", "rank: 16")
            .replace("1e-3", "1e-2");
    job.write(
        "train.jsonl",
        """
        {"messages": [{"role": "user", "content": "%s"}, \
        {"role": "assistant", "content": "It is the answer."}]}
        """
            .formatted(QUESTION));
    try (var train = job.train()) {
      assertThat(train.exitCode()).as(train::output).isZero();
    }
    String adapter = job.output.resolve("adapter").toString();
    assertThat(generate("--adapter", adapter, "--prompt", QUESTION, "--prompt", QUESTION))
        .isEqualTo("It is the answer.\nIt is the answer.");
    assertThat(generate("--prompt", QUESTION)).isNotEqualTo("It is the answer.");
    assertThat(generate("--adapter", adapter, "--raw", "--prompt", "It is", "--seed", "1"))
        .isNotEqualTo("It is the answer.");
  }

  @Test
  void whatIsNotThereIsNamed() {
    try (var process = start("--adapter", "/absent/adapter", "--prompt", "x")) {
      assertThat(process.exitCode()).isEqualTo(ExitCode.ModelNotUsable.code());
      assertThat(process.output()).contains("/absent/adapter does not exist");
    }
  }

  private static String generate(String... arguments) {
    try (var process = start(arguments)) {
      assertThat(process.exitCode()).as(process::output).isZero();
      return process.output();
    }
  }

  private static SftProcess start(String... arguments) {
    var all = new java.util.ArrayList<String>();
    all.addAll(java.util.List.of("generate", "--model", TinyJob.MODEL.toString()));
    all.addAll(java.util.List.of("--max-new-tokens", "12"));
    all.addAll(java.util.List.of(arguments));
    return SftProcess.start(Map.of(), all.toArray(String[]::new));
  }
}
