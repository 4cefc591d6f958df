package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.source.DataSet;
import io.sftjob.trainer.source.RowOrigin;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.BeforeTry;
import net.jqwik.api.statistics.Statistics;

/** The ledger of whole preparations, whatever is read and however it is packed. */
class LedgerPropertyTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static Tokenizer tokenizer;

  /** Most data can be packed, else the property says little. */
  private static final Consumer<Boolean> OUTCOMES =
      packed ->
          Statistics.label("packed")
              .collect(packed)
              .coverage(c -> c.check(true).percentage(p -> p > 60));

  private Path folder;

  /** A row's text and what stands in place of the row, if anything. */
  record Drawn(String question, String answer, Fault fault) {}

  enum Fault {
    None,
    NotJson,
    MissingField,
    Empty
  }

  @BeforeContainer
  static void load() {
    tokenizer = Tokenizers.load(TestSettings.MODEL);
  }

  @AfterContainer
  static void close() {
    tokenizer.close();
  }

  @BeforeTry
  void create() throws IOException {
    folder = Files.createTempDirectory("ledger");
  }

  @AfterTry
  void delete() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Property(tries = 400)
  void everyTokenIsCountedOnce(
      @ForAll("rows") List<Drawn> drawn,
      @ForAll("formats") RowFormat format,
      @ForAll("packings") Packing packing,
      @ForAll boolean dropDuplicates,
      @ForAll boolean halfIsLeftOut)
      throws IOException {
    var train = new ArrayList<>(List.of(new Drawn("2+2?", "it is 4", Fault.None)));
    train.addAll(drawn);
    var settings =
        settings(
            TestSettings.of(write("train.jsonl", format, train))
                .eval(write("eval.jsonl", format, train.reversed()))
                .packing(packing)
                .build(),
            dropDuplicates,
            halfIsLeftOut ? 0.5 : 1);
    PreparedData data;
    try {
      data = Preparation.prepare(settings, tokenizer, folder, 2, (r, d, t) -> {});
    } catch (TrainerException e) {
      // One buffer's tail may be all there is.
      assertThat(e).hasMessageContaining("no row can be");
      OUTCOMES.accept(false);
      return;
    }
    OUTCOMES.accept(true);
    closes(data.trainLedger(), data.train(), train.size(), packing);
    closes(data.evalLedger(), data.eval(), train.size(), packing);
    double room = (double) data.train().size() * packing.maxLength();
    assertThat(data.fill())
        .isEqualTo((data.trainLedger().targets() + data.trainLedger().masked()) / room)
        .isBetween(0.0, 1.0);
  }

  private static DataSettings settings(DataSettings s, boolean dropDuplicates, double weight) {
    var source = s.train().sources().getFirst();
    return new DataSettings(
        s.model(),
        new DataSet(List.of(new DataSet.Source(source.field(), source.path(), weight))),
        s.eval(),
        dropDuplicates,
        s.format(),
        s.textField(),
        s.chatTemplate(),
        s.loss(),
        s.evalFraction(),
        s.packing(),
        s.seed(),
        s.templateTime());
  }

  private void closes(Ledger ledger, List<PackedRow> rows, int read, Packing packing) {
    long tokens = 0;
    long targets = 0;
    var used = new HashSet<RowOrigin>();
    for (PackedRow row : rows) {
      assertThat(row.length()).isBetween(2, packing.maxLength());
      assertThat(row.documents().size()).isEqualTo(packing.keepsApart() ? row.origins().size() : 1);
      used.addAll(row.origins());
      for (Document document : row.documents()) {
        tokens += document.length();
        for (boolean target : document.targets()) {
          targets += target ? 1 : 0;
        }
      }
    }
    assertThat(ledger.targets()).isEqualTo(targets).isPositive();
    assertThat(ledger.targets() + ledger.masked()).isEqualTo(tokens);
    assertThat(ledger.read()).isEqualTo(ledger.targets() + ledger.masked() + ledger.dropped());
    assertThat(ledger.drops().values().stream().mapToLong(Ledger.Drop::tokens).sum())
        .isEqualTo(ledger.dropped());
    assertThat(ledger.rows()).isEqualTo(read);
    assertThat(ledger.droppedRows()).isEqualTo(read - used.size());
    assertThat(ledger.drops().values()).allSatisfy(d -> assertThat(d.examples()).isNotEmpty());
  }

  private Path write(String name, RowFormat format, List<Drawn> rows) throws IOException {
    return Files.write(folder.resolve(name), rows.stream().map(row -> line(format, row)).toList());
  }

  private static String line(RowFormat format, Drawn row) {
    return switch (row.fault()) {
      case NotJson -> "{\"text\": ";
      case MissingField -> "{\"other\": 1}";
      case Empty -> fields(format, "", "").toString();
      case None -> fields(format, row.question(), row.answer()).toString();
    };
  }

  private static ObjectNode fields(RowFormat format, String question, String answer) {
    ObjectNode row = JSON.createObjectNode();
    switch (format) {
      case Text -> row.put("text", question + answer);
      case PromptCompletion -> row.put("prompt", question).put("completion", answer);
      case Instruction -> row.put("instruction", question).put("output", answer);
      case Messages -> row.set("messages", turns("role", "content", "user", question, answer));
      case ShareGpt -> row.set("conversations", turns("from", "value", "human", question, answer));
      case Tokenized -> {
        int[] ids = tokenizer.encode(question + answer).ids();
        var labels = row.putArray("labels");
        var input = row.putArray("input_ids");
        for (int i = 0; i < ids.length; i++) {
          input.add(ids[i]);
          labels.add(i % 3 == 0 ? -100 : ids[i]);
        }
      }
      case Auto -> throw new IllegalArgumentException();
    }
    return row;
  }

  private static JsonNode turns(
      String who, String what, String user, String question, String answer) {
    var turns = JSON.createArrayNode();
    turns.addObject().put(who, user).put(what, question);
    turns.addObject().put(who, user.equals("user") ? "assistant" : "gpt").put(what, answer);
    return turns;
  }

  @Provide
  static Arbitrary<List<Drawn>> rows() {
    var words = Arbitraries.of("a", "the", "fox", "12", "été", "🙂", "long word").list();
    return Combinators.combine(
            words.ofMaxSize(20),
            words.ofMinSize(1).ofMaxSize(20),
            Arbitraries.frequency(
                Tuple.of(8, Fault.None),
                Tuple.of(1, Fault.NotJson),
                Tuple.of(1, Fault.MissingField),
                Tuple.of(1, Fault.Empty)))
        .as((q, a, fault) -> new Drawn(String.join(" ", q), String.join(" ", a), fault))
        .list()
        .ofMaxSize(12);
  }

  @Provide
  static Arbitrary<RowFormat> formats() {
    return Arbitraries.of(RowFormat.values()).filter(format -> format != RowFormat.Auto);
  }

  @Provide
  static Arbitrary<Packing> packings() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(8, 60),
            Arbitraries.integers().between(1, 8))
        .as(PlacementTest::packing);
  }
}
