package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.source.DataSet;
import io.sftjob.trainer.source.DataSet.Source;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several sources, their weights, repeated rows, and the ledger over them. */
class SourcesTest {
  private static final Path FIXTURES = Path.of("src/test/resources/fixtures/data-files");
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

  @ParameterizedTest
  @ValueSource(
      strings = {"rows.parquet", "saved", "rows-file.arrow", "rows.json", "rows.jsonl.zst"})
  void theSameRowsTrainWhateverTheFile(String name) {
    PreparedData lines = prepare(new TestSets(source("rows.jsonl", 1)));
    PreparedData other = prepare(new TestSets(source(name, 1)));
    assertThat(texts(other.train())).isEqualTo(texts(lines.train())).isNotEmpty();
    assertThat(other.trainLedger().read()).isEqualTo(lines.trainLedger().read());
    assertThat(other.trainLedger().droppedRows()).isEqualTo(lines.trainLedger().droppedRows());
    assertThat(other.detection().format()).isEqualTo(RowFormat.Messages);
  }

  @Test
  void aWeightIsHowOftenEachRowIsSeen() throws IOException {
    Path twice = rows("twice.jsonl", 0, 1000);
    Path half = rows("half.jsonl", 1000, 2000);
    Path once = rows("once.jsonl", 3000, 10);
    PreparedData data =
        prepare(new TestSets(source(twice, 2.25), source(half, 0.5), source(once, 1)));
    Map<String, Long> seen = counts(texts(data.train()));
    assertThat(IntStream.range(0, 1000).mapToObj(i -> seen.get(text(i)))).containsOnly(2L, 3L);
    assertThat(seen.values().stream().filter(n -> n == 3).count()).isBetween(200L, 300L);
    long ofHalf = IntStream.range(1000, 3000).filter(i -> seen.containsKey(text(i))).count();
    assertThat(ofHalf).isBetween(900L, 1100L);
    assertThat(IntStream.range(3000, 3010).mapToObj(i -> seen.get(text(i)))).containsOnly(1L);

    Ledger ledger = data.trainLedger();
    assertThat(ledger.drops().keySet()).containsExactly(DropReason.LeftOut);
    Ledger.Drop leftOut = ledger.drops().get(DropReason.LeftOut);
    assertThat(leftOut.count()).isEqualTo(2000 - ofHalf);
    assertThat(leftOut.tokens()).isZero();
    assertThat(leftOut.examples()).first().asString().startsWith("half.jsonl:");
    assertThat(ledger.rows())
        .isEqualTo(seen.values().stream().mapToLong(n -> n).sum() + leftOut.count());
    assertThat(
            texts(
                prepare(new TestSets(source(twice, 2.25), source(half, 0.5), source(once, 1)))
                    .train()))
        .isEqualTo(texts(data.train()));
    assertThat(
            prepare(new TestSets(source(twice, 2), source(half, 0.5), source(once, 1)))
                .fingerprint()
                .differencesFrom(data.fingerprint()))
        .containsExactly("the training data has other content");
  }

  @Test
  void rowsKeptForEvaluationAreSeenOnceWhateverTheWeight() throws IOException {
    Path twice = rows("twice.jsonl", 0, 500);
    Path some = rows("some.jsonl", 500, 500);
    var settings = new TestSets(source(twice, 2), source(some, 0.2));
    PreparedData data = prepare(settings.evalFraction(0.1));
    List<String> eval = texts(data.eval());
    assertThat(eval).doesNotHaveDuplicates().doesNotContainAnyElementsOf(texts(data.train()));
    // Weights do not change which rows these are.
    assertThat(eval)
        .containsExactlyInAnyOrderElementsOf(
            texts(
                prepare(new TestSets(source(twice, 1), source(some, 1)).evalFraction(0.1)).eval()));
    assertThat(data.evalLedger().droppedRows()).isZero();
    assertThat(counts(texts(data.train())).get(text(0))).isEqualTo(2);
  }

  @Test
  void rowsThatRepeatAnEarlierOneAreDroppedIfAsked() throws IOException {
    Path first = rows("first.jsonl", 0, 20);
    Path second = rows("second.jsonl", 10, 20);
    PreparedData all = prepare(new TestSets(source(first, 2), source(second, 2)));
    assertThat(all.trainLedger().droppedRows()).isZero();

    PreparedData data = prepare(new TestSets(source(first, 2), source(second, 2)).dropDuplicates());
    Map<String, Long> seen = counts(texts(data.train()));
    assertThat(seen.values()).containsOnly(2L);
    assertThat(seen).hasSize(30);
    Ledger.Drop dropped = data.trainLedger().drops().get(DropReason.Duplicate);
    assertThat(dropped.count()).isEqualTo(20);
    assertThat(dropped.tokens())
        .isEqualTo(
            all.trainLedger().read() - data.trainLedger().targets() - data.trainLedger().masked())
        .isPositive();
    assertThat(dropped.examples())
        .containsExactly("second.jsonl:1", "second.jsonl:2", "second.jsonl:3");
  }

  @Test
  void theSameTextWithOtherTargetsIsNoRepetition() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("ids.jsonl"),
            """
            {"input_ids": [5, 6, 7]}
            {"input_ids": [5, 6, 7], "labels": [-100, -100, 7]}
            {"input_ids": [5, 6, 7], "labels": [5, 6, 7]}
            """);
    PreparedData data = prepare(new TestSets(source(file, 1)).dropDuplicates());
    assertThat(data.trainLedger().droppedRows()).isEqualTo(1);
    assertThat(data.trainLedger().drops().get(DropReason.Duplicate).examples())
        .containsExactly("ids.jsonl:3");
  }

  @Test
  void formatsAreNotMixedUnlessOneIsNamed() throws IOException {
    Path text = rows("a.jsonl", 0, 3);
    Path pairs =
        Files.writeString(
            folder.resolve("b.jsonl"), "{\"prompt\": \"p\", \"completion\": \"c\"}\n");
    var sets = new TestSets(source(text, 1), source(pairs, 1));
    assertThatThrownBy(() -> prepare(sets))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.DataNotUsable))
        .hasMessageContaining(
            "the training data mixes formats: a.jsonl:1 has a field `text` (Text), b.jsonl:1 has"
                + " fields `prompt` and `completion` (PromptCompletion)");
    PreparedData data = prepare(sets.format(RowFormat.Text));
    assertThat(data.trainLedger().drops().get(DropReason.MissingField).examples())
        .containsExactly("b.jsonl:1 has no field `text`; its fields: `prompt`, `completion`");
  }

  @Test
  void brokenRowsOfEachKindAreCountedWithTheirPlace() throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "text\nok\na,b\n\n");
    Path array =
        Files.writeString(folder.resolve("t.json"), "[{\"text\": 1}, 2, {\"text\": \"ok\"}]");
    Path lines = Files.writeString(folder.resolve("t.txt"), "ok\n\n");
    PreparedData data = prepare(new TestSets(source(table, 1), source(array, 1), source(lines, 1)));
    assertThat(data.trainLedger().rows()).isEqualTo(8);
    assertThat(String.join("\n", data.report()))
        .contains(
            "dropped 2 (0 tokens): no row of its kind of file: t.csv:3 has 2 cells; the first line"
                + " names 1 columns; t.json row 2 is a number; expected an object",
            "dropped 1 (0 tokens): a field has the wrong type: t.json row 1 `text` is a number;"
                + " expected a string",
            "dropped 2 (0 tokens): there is nothing in it: t.csv:4 the text is empty; t.txt:2 the"
                + " text is empty");
  }

  @Test
  void aRowOfTenMegabytesIsARow() throws IOException {
    String text = "word ".repeat(2_000_000);
    Path file =
        Files.writeString(
            folder.resolve("big.jsonl"),
            "{\"text\": \"a\"}\n{\"text\": \"" + text + "\"}\n{\"text\": \"b\"}\n");
    PreparedData data = prepare(new TestSets(source(file, 1)));
    assertThat(data.trainLedger().rows()).isEqualTo(3);
    assertThat(data.trainLedger().droppedRows()).isZero();
    assertThat(data.trainLedger().read()).isGreaterThan(2_000_000);
  }

  @Test
  void progressCountsTheBytesOfAllPasses() throws IOException {
    Path file = rows("a.jsonl", 0, 600);
    List<Long> done = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    Preparation.prepare(
        new TestSets(source(file, 2.5)).build(),
        tokenizer,
        folder,
        2,
        (rows, bytes, total) -> {
          done.add(bytes);
          totals.add(total);
        });
    assertThat(done).isSorted().last().isEqualTo(3 * Files.size(file));
    assertThat(totals).containsOnly(3 * Files.size(file));
  }

  /** Settings over several sources. */
  private record TestSets(
      List<Source> sources, double fraction, boolean dedupe, RowFormat rowFormat) {
    TestSets(Source... sources) {
      this(List.of(sources), 0, false, RowFormat.Auto);
    }

    TestSets evalFraction(double evalFraction) {
      return new TestSets(sources, evalFraction, dedupe, rowFormat);
    }

    TestSets dropDuplicates() {
      return new TestSets(sources, fraction, true, rowFormat);
    }

    TestSets format(RowFormat format) {
      return new TestSets(sources, fraction, dedupe, format);
    }

    DataSettings build() {
      return new DataSettings(
          TestSettings.MODEL,
          new DataSet(sources),
          Optional.empty(),
          dedupe,
          rowFormat,
          "text",
          Optional.empty(),
          Optional.empty(),
          fraction,
          new Packing.BfdSplit(1024, 1000),
          42,
          LocalDateTime.of(2024, 7, 26, 0, 0));
    }
  }

  private PreparedData prepare(TestSets sets) {
    return Preparation.prepare(sets.build(), tokenizer, folder, 2, (r, d, t) -> {});
  }

  private static Source source(String fixture, double weight) {
    return source(FIXTURES.resolve(fixture), weight);
  }

  private static Source source(Path path, double weight) {
    return new Source("spec.dataset.train.uri", path, weight);
  }

  private Path rows(String name, int from, int count) throws IOException {
    return Files.write(
        folder.resolve(name),
        IntStream.range(from, from + count)
            .mapToObj(i -> "{\"text\": \"row %d\"}".formatted(i))
            .toList());
  }

  private static String text(int row) {
    return "row " + row + "<|im_end|>";
  }

  private static Map<String, Long> counts(List<String> texts) {
    return texts.stream()
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private static List<String> texts(List<PackedRow> rows) {
    return rows.stream()
        .flatMap(r -> r.documents().stream())
        .map(d -> tokenizer.decode(d.ids(), false))
        .toList();
  }
}
