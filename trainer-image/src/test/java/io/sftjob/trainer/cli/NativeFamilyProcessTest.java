package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.model.RandomModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A checkpoint without a template or a tokenizer.json, as its authors publish it: what is trained
 * on is what {@code sft generate} asks, and the answer ends where it was taught to end.
 */
@Timeout(120)
class NativeFamilyProcessTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");
  private static final String ANSWER = "It is the answer.";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "family-chatglm3, chatglm3, padded_vocab_size, ChatGLM3's chat format",
    "family-baichuan2-7b, baichuan2, vocab_size, Baichuan's chat format",
    "family-qwen, qwen, vocab_size, Qwen's ChatML",
    "family-yi, yi, vocab_size, Yi's ChatML"
  })
  void answersAsItWasTaught(String family, String vocabulary, String sizeKey, String format)
      throws IOException {
    Path model = checkpoint(family, vocabulary, sizeKey);
    var job =
        new TinyJob(folder, 80, 100)
            .replace(TinyJob.MODEL.toString(), model.toString())
            .replace(", evalFraction: \"0.1\"", "")
            .replace(", evalSteps: 25", "")
            .replace("rank: 4, dropout: \"0.1\"", "rank: 16, targetModules: [AllLinear]")
            .replace("1e-3", "1e-2");
    job.write(
        "train.jsonl",
        """
        {"messages": [{"role": "user", "content": "What is it?"}, \
        {"role": "assistant", "content": "%s"}]}
        """
            .formatted(ANSWER));
    try (var train = job.train()) {
      assertThat(train.exitCode()).as(train::output).isZero();
      assertThat(train.output())
          .contains("Chats are written by " + format, "⟦")
          .doesNotContain("will not learn to stop");
    }
    try (var process = generate(model, job.output.resolve("adapter"))) {
      assertThat(process.exitCode()).as(process::output).isZero();
      assertThat(process.output().strip()).isEqualTo(ANSWER);
    }
  }

  private static SftProcess generate(Path model, Path adapter) {
    return SftProcess.start(
        Map.of(),
        List.of(
                "generate",
                "--model",
                model.toString(),
                "--adapter",
                adapter.toString(),
                "--max-new-tokens",
                "40",
                "--prompt",
                "What is it?")
            .toArray(String[]::new));
  }

  /** The family's tiny shape with random weights, as wide as the vocabulary. */
  private Path checkpoint(String family, String vocabulary, String sizeKey) throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    try (var files = Files.list(FIXTURES.resolve("vocabularies").resolve(vocabulary))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    var config =
        (ObjectNode)
            new ObjectMapper().readTree(FIXTURES.resolve(family).resolve("config.json").toFile());
    RandomModel.write(model, config.put(sizeKey, 1424), 5);
    return model;
  }
}
