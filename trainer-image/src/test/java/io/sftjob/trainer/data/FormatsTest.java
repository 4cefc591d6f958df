package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Formats other than Text and Messages. */
class FormatsTest {
  private static Tokenizer tokenizer;

  @TempDir Path folder;

  @BeforeAll
  static void load() {
    tokenizer = Tokenizers.load(TestSettings.MODEL);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void alpacaRowsAreItsPublishedPromptAndTheOutputIsLearned() throws IOException {
    PreparedData data =
        prepare(
            """
            {"instruction": "Say hi.", "input": "", "output": "Hi!"}
            {"instruction": "Add.", "input": "1 2", "output": "3"}
            """);
    assertThat(data.detection().format()).isEqualTo(RowFormat.Instruction);
    assertThat(data.detection().loss()).isEqualTo(LossOn.Completion);
    assertThat(data.detection().notes())
        .contains("Format Instruction: data.jsonl:1 has fields `instruction` and `output`");
    assertThat(data.preview())
        .containsExactly(
            "Below is an instruction that describes a task. Write a response that appropriately"
                + " completes the request.\n\n### Instruction:\nSay hi.\n\n### Response:\n"
                + "⟦Hi!<|im_end|>⟧",
            "Below is an instruction that describes a task, paired with an input that provides"
                + " further context. Write a response that appropriately completes the request."
                + "\n\n### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response:\n⟦3<|im_end|>⟧");
  }

  @Test
  void shareGptRowsAreMessages() throws IOException {
    String shareGpt =
        """
        {"system": "Be brief.", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]}
        """;
    String messages =
        """
        {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]}
        """;
    PreparedData data = prepare(shareGpt);
    assertThat(data.detection().format()).isEqualTo(RowFormat.ShareGpt);
    assertThat(data.preview())
        .isEqualTo(prepare(messages).preview())
        .first()
        .asString()
        .contains("⟦Hello!<|im_end|>⟧");
  }

  @Test
  void anAnswerWithLossFalseIsReadAndNotLearned() throws IOException {
    String rows =
        """
        {"messages": [{"role": "user", "content": "1"}, {"role": "assistant", "content": "one", "loss": false}, {"role": "user", "content": "2"}, {"role": "assistant", "content": "two", "loss": true}]}
        """;
    assertThat(prepare(rows).preview())
        .containsExactly(
            "<|im_start|>user\n1<|im_end|>\n<|im_start|>assistant\none<|im_end|>\n"
                + "<|im_start|>user\n2<|im_end|>\n<|im_start|>assistant\n⟦two<|im_end|>⟧\n");
    assertThat(prepare(rows, settings -> settings.loss(LossOn.All)).preview())
        .containsExactly(
            "<|im_start|>⟦user\n1<|im_end|>\n<|im_start|>assistant\n⟧one<|im_end|>⟦\n"
                + "<|im_start|>user\n2<|im_end|>\n<|im_start|>assistant\ntwo<|im_end|>\n⟧");
  }

  @Test
  void lossOfAnotherKindIsCounted() throws IOException {
    assertThatThrownBy(
            () ->
                prepare(
                    """
                    {"messages": [{"role": "user", "content": "1", "loss": true}]}
                    {"messages": [{"role": "assistant", "content": "1", "loss": 0}]}
                    {"messages": [{"role": "assistant", "content": "1", "loss": false}]}
                    """))
        .hasMessageContainingAll(
            "data.jsonl:1 `messages[0].loss` is true, but only what the assistant says can be chosen",
            "data.jsonl:2 `messages[0].loss` is a number; expected true or false",
            "no token is a target of the loss: data.jsonl:3");
  }

  @Test
  void tokensAreTakenAsTheyAreWithLabelsAndMasks() throws IOException {
    PreparedData data =
        prepare(
            """
            {"input_ids": [5, 6, 7, 8], "attention_mask": [1, 1, 1, 1]}
            {"input_ids": [15, 16, 17, 18], "labels": [-100, -100, 17, 18]}
            {"input_ids": [25, 26, 27, 28], "completion_mask": [0, 0, 1, 1], "assistant_masks": [0, 1, 1, 0]}
            """);
    assertThat(data.detection().format()).isEqualTo(RowFormat.Tokenized);
    assertThat(data.train().getFirst().documents())
        .extracting(Document::ids)
        .containsExactly(
            new int[] {5, 6, 7, 8}, new int[] {15, 16, 17, 18}, new int[] {25, 26, 27, 28});
    assertThat(data.train().getFirst().documents())
        .extracting(Document::targets)
        .containsExactly(
            new boolean[] {false, true, true, true},
            new boolean[] {false, false, true, true},
            new boolean[] {false, false, true, false});
  }

  @Test
  void brokenTokensAreCounted() throws IOException {
    PreparedData data =
        prepare(
            """
            {"input_ids": [5, 6]}
            {"input_ids": [5, 1000000]}
            {"input_ids": [5, "6"]}
            {"input_ids": [5, 6], "labels": [5]}
            {"input_ids": [5, 6], "labels": [6, 7]}
            {"input_ids": [5, 6], "completion_mask": [0, 2]}
            {"input_ids": [5, 6], "attention_mask": [1, 0]}
            {"input_ids": "5 6"}
            {"input_ids": []}
            {"input_ids": [5]}
            """);
    assertThat(data.trainLedger().droppedRows()).isEqualTo(9);
    assertThat(data.trainLedger().drops().get(DropReason.WrongType).count()).isEqualTo(7);
    assertThat(data.trainLedger().drops().get(DropReason.WrongType).examples())
        .satisfiesExactly(
            e ->
                assertThat(e)
                    .endsWith("data.jsonl:2 `input_ids[1]` is 1000000; the vocabulary ends at 511"),
            e ->
                assertThat(e)
                    .endsWith("data.jsonl:3 `input_ids[1]` is a string; expected an integer"),
            e -> assertThat(e).endsWith("data.jsonl:4 `labels` has 1 values, `input_ids` 2"));
    assertThat(data.trainLedger().drops().get(DropReason.Empty).count()).isEqualTo(1);
    assertThat(data.trainLedger().drops().get(DropReason.NoTargets).tokens()).isEqualTo(1);
  }

  @Test
  void aLossThatAFormatCanNotHaveIsRefused() {
    assertThatThrownBy(
            () ->
                prepare(
                    "{\"prompt\": \"a\", \"completion\": \"b\"}\n", s -> s.loss(LossOn.Assistant)))
        .hasMessageContaining("holds strings, which know no assistant");
    assertThatThrownBy(() -> prepare("{\"text\": \"a\"}\n", s -> s.loss(LossOn.Completion)))
        .hasMessageContaining("dataset.loss is Completion, but Text rows know no completion");
  }

  private PreparedData prepare(String rows) throws IOException {
    return prepare(rows, settings -> settings);
  }

  private PreparedData prepare(String rows, UnaryOperator<TestSettings> change) throws IOException {
    Path file = folder.resolve("data.jsonl");
    Files.writeString(file, rows);
    return Preparation.prepare(
        change.apply(TestSettings.of(file)).build(), tokenizer, folder, 1, (r, d, t) -> {});
  }
}
