package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {
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
  void messagesTrainOnTheAssistantsTurnsWithTheirEnd() throws IOException {
    Path file =
        write(
            """
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Bye 🙂"}]}
            """);
    PreparedData data = prepare(TestSettings.of(file));

    assertThat(data.detection().format()).isEqualTo(RowFormat.Messages);
    assertThat(data.detection().loss()).isEqualTo(LossOn.Assistant);
    assertThat(data.preview())
        .containsExactly(
            "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n⟦Hello!<|im_end|>⟧\n"
                + "<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n⟦Bye 🙂<|im_end|>⟧\n");
    assertThat(data.train()).hasSize(1);
    Document document = data.train().getFirst().documents().getFirst();
    assertThat(targets(document)).isEqualTo("Hello!<|im_end|>Bye 🙂<|im_end|>");
    assertThat(data.trainLedger().read()).isEqualTo(document.length());
    assertThat(data.trainLedger().droppedRows()).isZero();
  }

  @Test
  void lossAllTrainsOnEveryTokenButTheFirst() throws IOException {
    Path file = write("{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}\n");
    PreparedData data = prepare(TestSettings.of(file).loss(LossOn.All));
    Ledger ledger = data.trainLedger();
    assertThat(ledger.masked()).isEqualTo(1);
    assertThat(ledger.targets()).isEqualTo(ledger.read() - 1);
    assertThat(data.preview()).containsExactly("<|im_start|>⟦user\nHi<|im_end|>\n⟧");
  }

  @Test
  void textEndsWithExactlyOneEos() throws IOException {
    Path file = write("{\"text\": \"abc\"}\n{\"text\": \"abc<|im_end|>\"}\n");
    PreparedData data = prepare(TestSettings.of(file));
    List<Document> documents = data.train().getFirst().documents();
    assertThat(documents).hasSize(2);
    assertThat(documents.get(0).ids()).isEqualTo(documents.get(1).ids()).endsWith(2);
    assertThat(tokenizer.decode(documents.get(0).ids(), false)).isEqualTo("abc<|im_end|>");
    assertThat(documents.get(0).targets()[documents.get(0).length() - 1]).isTrue();
  }

  @Test
  void aCheckpointThatAddsBosGetsExactlyOne() throws IOException {
    Path checkpoint = Files.createDirectory(folder.resolve("checkpoint"));
    Files.copy(
        Path.of("src/test/resources/fixtures/gguf/tokenizer.json"),
        checkpoint.resolve("tokenizer.json"));
    Files.writeString(
        checkpoint.resolve("tokenizer_config.json"),
        "{\"bos_token\": \"<|im_start|>\", \"eos_token\": \"<|im_end|>\", \"add_bos_token\": true}");
    Path file = write("{\"text\": \"abc\"}\n{\"text\": \"<|im_start|>abc\"}\n");
    try (Tokenizer withBos = Tokenizers.load(checkpoint)) {
      PreparedData data =
          Preparation.prepare(TestSettings.of(file).build(), withBos, folder, 1, (r, d, t) -> {});
      assertThat(data.preview())
          .containsExactly("<|im_start|>⟦abc<|im_end|>⟧", "<|im_start|>⟦abc<|im_end|>⟧");
    }
  }

  @Test
  void aPrefixOfSeveralTokensIsNoTarget() throws IOException {
    Path checkpoint = Path.of("src/test/resources/fixtures/vocabularies/chatglm3");
    Path file = write("{\"text\": \"abc\"}\n{\"text\": \"[gMASK]sop<|user|>abc\"}\n");
    try (Tokenizer glm = Tokenizers.load(checkpoint)) {
      PreparedData data =
          Preparation.prepare(TestSettings.of(file).build(), glm, folder, 1, (r, d, t) -> {});
      assertThat(data.preview())
          .containsExactly("[gMASK]sop⟦abc</s>⟧", "[gMASK]sop⟦<|user|>abc</s>⟧");
    }
  }

  @Test
  void unusableRowsAreCountedWithTheirReasonAndTheOthersTrain() throws IOException {
    Path file =
        write(
            """
            {"messages": [{"role": "user", "content": "1"}, {"role": "assistant", "content": "one"}]}
            {"messages": [{"role": "user", "content": "2"},

            {"messages": [{"role": "user", "content": "3"}, {"role": "asistant", "content": "three"}]}
            {"messages": [{"role": "user", "content": ["4"]}]}
            {"prompt": "5"}
            [6]
            {"messages": []}
            {"messages": [{"role": "user", "content": "nobody answers"}]}
            {"messages": [{"role": "user"}]}
            {"messages": "10"} trailing
            {"messages": [{"role": "user", "content": "\\ud83d"}]}
            """);
    PreparedData data = prepare(TestSettings.of(file));
    Ledger ledger = data.trainLedger();
    assertThat(ledger.rows()).isEqualTo(11);
    assertThat(ledger.droppedRows()).isEqualTo(10);
    assertThat(data.train()).hasSize(1);
    assertThat(ledger.dropped()).isPositive();
    String report = String.join("\n", data.report());
    assertThat(report)
        .contains(
            "data.jsonl:4 `messages[1].role` is \"asistant\"; expected one of system, user, assistant, tool",
            "data.jsonl:2 is not JSON",
            "data.jsonl:5 `messages[0].content` is a list; expected a string",
            "data.jsonl:6 has no field `messages`; its fields: `prompt`",
            "data.jsonl:7 is a list; expected an object in each line",
            "data.jsonl:8 `messages` is an empty list",
            "data.jsonl:10 `messages[0].content` is missing; expected a string",
            "half of a surrogate pair");
    assertThat(ledger.drops().get(DropReason.NoTargets).examples()).containsExactly("data.jsonl:9");
  }

  @Test
  void noUsableRowFailsWithTheReasons() throws IOException {
    Path file = write("{\"text\": 1}\n{\"text\": \"\"}\n");
    assertThatThrownBy(() -> prepare(TestSettings.of(file)))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.DataNotUsable))
        .hasMessageContainingAll(
            "data.jsonl: no row can be trained on",
            "data.jsonl:1 `text` is a number; expected a string",
            "data.jsonl:2 the text is empty");
  }

  @Test
  void saysWhenTheFirstRowFitsNoFormat() throws IOException {
    Path file = write("\n{\"question\": \"a\", \"answer\": \"b\"}\n");
    assertThatThrownBy(() -> prepare(TestSettings.of(file)))
        .hasMessageContaining(
            "data.jsonl:2 has none of `messages`, `conversations`, `input_ids`, `prompt` with `completion`,"
                + " `instruction` with `output`, `text`; its fields: `question`, `answer`");
    assertThatThrownBy(() -> prepare(TestSettings.of(write(""))))
        .hasMessageContaining("has no rows");
    assertThatThrownBy(() -> prepare(TestSettings.of(write("[\n1\n]\n"))))
        .hasMessageContaining("no row holds fields: data.jsonl:1 is not JSON");
  }

  @Test
  void takesByteOrderMarkAndWindowsLines() throws IOException {
    Path file = write("\ufeff{\"text\": \"a\"}\r\n\r\n{\"text\": \"b\"}\r\n");
    PreparedData data = prepare(TestSettings.of(file));
    assertThat(data.trainLedger().rows()).isEqualTo(2);
    assertThat(data.preview()).containsExactly("a⟦<|im_end|>⟧", "b⟦<|im_end|>⟧");
  }

  @Test
  void aTemplateThatRefusesARowDropsIt() throws IOException {
    Path file =
        write(
            """
            {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
            {"messages": [{"role": "tool", "content": "a"}, {"role": "assistant", "content": "b"}]}
            """);
    PreparedData data =
        prepare(
            TestSettings.of(file)
                .template(
                    "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no tools')"
                        + " }}{% endif %}<|im_start|>{{ m.role }}\n{% generation %}{{ m.content"
                        + " }}{% endgeneration %}<|im_end|>{% endfor %}"));
    assertThat(data.trainLedger().drops().get(DropReason.TemplateRefused).examples())
        .singleElement()
        .asString()
        .contains("data.jsonl:2", "no tools");
    // The generation block leaves the end of the turn out: it is a target all the same.
    assertThat(targets(data.train().getFirst().documents().getFirst()))
        .isEqualTo("a<|im_end|>b<|im_end|>");
  }

  @Test
  void aTemplateThatCanNotBeMarkedIsRefusedRatherThanMarkedWrongly() throws IOException {
    String chat =
        "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}, {\"role\": \"assistant\","
            + " \"content\": \"b\"}%s]}\n";
    Path file =
        write(chat.formatted("") + chat.formatted(", {\"role\": \"user\", \"content\": \"c\"}"));
    // Its loop runs over numbers, not over messages.
    String template =
        "{% for i in range(messages | length) %}<|im_start|>{{ messages[i].role }}\n{{"
            + " 'THINK ' if loop.last and messages[i].role == 'assistant' }}{{ messages[i].content }}<|im_end|>{% endfor"
            + " %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    PreparedData data = prepare(TestSettings.of(file).template(template));
    assertThat(targets(data.train().getFirst().documents().getFirst()))
        .isEqualTo("THINK b<|im_end|>");
    assertThat(data.trainLedger().drops().get(DropReason.TurnsNotFound).examples())
        .singleElement()
        .asString()
        .contains("data.jsonl:2", "messages[0..1]", "{% generation %}", "loss: All");
    assertThat(prepare(TestSettings.of(file).template(template).loss(LossOn.All)).trainLedger())
        .returns(0L, Ledger::droppedRows);
  }

  @Test
  void aTemplateThatDoesNotEndFailsTheJob() throws IOException {
    Path file =
        write(
            "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}\n"
                + "{\"messages\": [{\"role\": \"user\", \"content\": \"boom\"}]}\n");
    String loop =
        "{% for i in range(99999) %}{% for j in range(99999) %}{% if j %}{% endif %}{% endfor"
            + " %}{% endfor %}";
    for (String template :
        List.of(loop, "{% if messages[0].content == 'boom' %}" + loop + "{% endif %}")) {
      assertThatThrownBy(() -> prepare(TestSettings.of(file).template(template)))
          .isInstanceOfSatisfying(
              TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.DataNotUsable))
          .hasMessageContaining(
              "dataset.chatTemplate can not be used: the template runs more than");
    }
  }

  @Test
  void aBrokenTemplateOfTheSpecIsItsFault() throws IOException {
    Path file = write("{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}\n");
    assertThatThrownBy(() -> prepare(TestSettings.of(file).template("{% for m in %}")))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessageContaining("dataset.chatTemplate can not be used: line 1");
  }

  @Test
  void fragmentsOfALongDocumentMaskTheirFirstTokenAndDropWhatTrainsNothing() throws IOException {
    String question = "word ".repeat(40);
    Path file =
        write(
            "{\"messages\": [{\"role\": \"user\", \"content\": \"%s\"}, {\"role\": \"assistant\", \"content\": \"%s\"}]}\n"
                .formatted(question, "answer ".repeat(30)));
    PreparedData data = prepare(TestSettings.of(file).maxLength(16));
    Ledger ledger = data.trainLedger();
    assertThat(ledger.droppedRows()).isZero();
    assertThat(ledger.drops().get(DropReason.FragmentWithoutTargets).tokens())
        .isEqualTo(ledger.dropped())
        .isPositive();
    assertThat(data.train().stream().flatMap(r -> r.documents().stream()))
        .allSatisfy(d -> assertThat(d.targets()[0]).isFalse())
        .allSatisfy(d -> assertThat(countTargets(d)).isPositive());
  }

  @Test
  void theOrderOfThreadsChangesNothing() throws IOException {
    Path file =
        write(
            String.join(
                "\n",
                IntStream.range(0, 3000)
                    .mapToObj(i -> "{\"text\": \"row %d %s\"}".formatted(i, "x ".repeat(i % 50)))
                    .toList()));
    TestSettings settings = TestSettings.of(file).evalFraction(0.1).maxLength(64);
    PreparedData one = Preparation.prepare(settings.build(), tokenizer, folder, 1, (r, d, t) -> {});
    List<Long> heard = new ArrayList<>();
    PreparedData four =
        Preparation.prepare(settings.build(), tokenizer, folder, 4, (r, d, t) -> heard.add(r));
    assertThat(texts(four.train())).isEqualTo(texts(one.train()));
    assertThat(texts(four.eval())).isEqualTo(texts(one.eval())).isNotEmpty();
    assertThat(four.trainLedger()).isEqualTo(one.trainLedger());
    assertThat(four.fingerprint()).isEqualTo(one.fingerprint());
    assertThat(heard).isSorted().last().isEqualTo(3000L);
    assertThat(four.evalLedger().rows()).isBetween(230L, 370L);
    assertThat(four.evalLedger().rows() + four.trainLedger().rows()).isEqualTo(3000);
  }

  @Test
  void anEvaluationFileIsItsOwnSet() throws IOException {
    Path file = write("{\"text\": \"train\"}\n");
    Path eval =
        Files.writeString(folder.resolve("eval.jsonl"), "{\"text\": \"eval\"}\n{\"x\":1}\n");
    PreparedData data = prepare(TestSettings.of(file).eval(eval));
    assertThat(texts(data.train())).containsExactly("train<|im_end|>");
    assertThat(texts(data.eval())).containsExactly("eval<|im_end|>");
    assertThat(data.evalLedger().droppedRows()).isEqualTo(1);
    assertThat(data.trainLedger().droppedRows()).isZero();
  }

  @Test
  void anEvalFractionThatKeepsNothingIsSaid() throws IOException {
    Path file = write("{\"text\": \"one\"}\n");
    assertThatThrownBy(() -> prepare(TestSettings.of(file).evalFraction(1e-9)))
        .hasMessageContaining("dataset.evalFraction 1.0E-9 keeps none of the 1 rows");
  }

  @Test
  void whatTheListenerThrowsStopsTheWork() throws IOException {
    Path file = write("{\"text\": \"one\"}\n");
    assertThatThrownBy(
            () ->
                Preparation.prepare(
                    TestSettings.of(file).build(),
                    tokenizer,
                    folder,
                    2,
                    (r, d, t) -> {
                      throw new IllegalStateException("stop");
                    }))
        .hasMessage("stop");
  }

  private static List<String> texts(List<PackedRow> rows) {
    return rows.stream()
        .flatMap(r -> r.documents().stream())
        .map(d -> tokenizer.decode(d.ids(), false))
        .toList();
  }

  private static String targets(Document document) {
    return tokenizer.decode(
        IntStream.range(0, document.length())
            .filter(i -> document.targets()[i])
            .map(i -> document.ids()[i])
            .toArray(),
        false);
  }

  private static long countTargets(Document document) {
    return IntStream.range(0, document.length()).filter(i -> document.targets()[i]).count();
  }

  private PreparedData prepare(TestSettings settings) {
    return Preparation.prepare(settings.build(), tokenizer, folder, 2, (r, d, t) -> {});
  }

  private Path write(String content) throws IOException {
    return Files.writeString(folder.resolve("data.jsonl"), content);
  }
}
