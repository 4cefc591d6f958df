package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedJson;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.Fixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The lines say what the training sees. */
class PackedJsonTest {
  private record Line(int[] input_ids, int[] labels, int[] position_ids, int[] segment_ids) {}

  @Test
  void aLineForPeople() throws IOException {
    var row =
        new PackedRow(
            List.of(
                new Document(new int[] {5, 6, 7}, new boolean[] {false, false, true}),
                new Document(new int[] {8, 9}, new boolean[] {false, true})));
    assertThat(text(List.of(row, row)))
        .isEqualTo(
            """
            {"input_ids":[5,6,7,8,9],"labels":[-100,-100,7,-100,9],"position_ids":[0,1,2,0,1],"segment_ids":[0,0,0,1,1]}
            """
                .repeat(2));
  }

  /** transformers has the loss of the written rows that the training has of the packed ones. */
  @Test
  void theLossIsTransformers() throws IOException {
    var written = Files.readString(Fixture.of("packs").folder().resolve("packs.jsonl"));
    var rows = new ArrayList<PackedRow>();
    for (String line : written.lines().toList()) {
      rows.add(row(new ObjectMapper().readValue(line, Line.class)));
    }
    assertThat(text(rows)).isEqualTo(written);

    var tiny = Fixture.of("tiny-llama");
    var saved = PeftFiles.read(tiny.folder().resolve("adapter"));
    try (var model = tiny.load(ModelDtype.Float32);
        var adapter =
            LoraAdapter.of(
                "fixture", saved.config(), model.spec(), model.kernels(), saved.tensors())) {
      var backprop = new Backprop(model.decoder(), adapter, true);
      var expected = Fixture.of("packs").json();
      assertThat(expected).hasSameSizeAs(rows);
      for (int i = 0; i < rows.size(); i++) {
        var batch = TokenBatch.of(List.of(rows.get(i)));
        double loss = expected.path(i).path("loss").asDouble();
        assertThat(batch.targets()).hasSize(expected.path(i).path("targets").asInt());
        assertThat(backprop.loss(batch) / batch.targets().length)
            .isCloseTo(loss, Offset.offset(1e-5 * loss));
      }
    }
  }

  private static PackedRow row(Line line) {
    var documents = new ArrayList<Document>();
    int end;
    for (int begin = 0; begin < line.input_ids.length; begin = end) {
      end = begin + 1;
      while (end < line.input_ids.length && line.segment_ids[end] == line.segment_ids[begin]) {
        end++;
      }
      var targets = new boolean[end - begin];
      for (int i = begin; i < end; i++) {
        targets[i - begin] = line.labels[i] != -100;
      }
      documents.add(new Document(Arrays.copyOfRange(line.input_ids, begin, end), targets));
    }
    return new PackedRow(documents);
  }

  @Property(tries = 200)
  void eachLineIsTheBatchOfItsRow(@ForAll("rows") List<PackedRow> rows) throws IOException {
    var lines = text(rows).lines().toList();
    assertThat(lines).hasSameSizeAs(rows);
    for (int i = 0; i < rows.size(); i++) {
      var line = new ObjectMapper().readValue(lines.get(i), Line.class);
      var batch = TokenBatch.of(List.of(rows.get(i)));
      assertThat(line.input_ids).isEqualTo(batch.ids());
      assertThat(lengths(line.segment_ids)).isEqualTo(batch.lengths());
      assertThat(line.position_ids)
          .isEqualTo(
              rows.get(i).documents().stream()
                  .flatMapToInt(d -> IntStream.range(0, d.length()))
                  .toArray());
      var predicted = IntStream.range(0, line.labels.length).filter(at -> line.labels[at] != -100);
      assertThat(predicted.mapToLong(at -> at - 1).toArray()).isEqualTo(batch.at());
      assertThat(IntStream.of(line.labels).filter(l -> l != -100).asLongStream().toArray())
          .isEqualTo(batch.targets());
    }
  }

  @Provide
  Arbitrary<List<PackedRow>> rows() {
    var tokens = Arbitraries.integers().between(0, 99_999);
    var document =
        Combinators.combine(
                tokens.list().ofMinSize(1).ofMaxSize(9),
                Arbitraries.of(true, false).list().ofSize(9))
            .as(
                (ids, targets) -> {
                  var marks = new boolean[ids.size()];
                  for (int i = 1; i < marks.length; i++) {
                    marks[i] = targets.get(i);
                  }
                  return new Document(ids.stream().mapToInt(i -> i).toArray(), marks);
                });
    return document.list().ofMinSize(1).ofMaxSize(4).map(PackedRow::new).list().ofMaxSize(5);
  }

  /** Of the runs of equal numbers, which count from 0. */
  private static long[] lengths(int[] segments) {
    var lengths = new ArrayList<Long>();
    for (int segment : segments) {
      if (segment == lengths.size()) {
        lengths.add(0L);
      }
      assertThat(segment).isEqualTo(lengths.size() - 1);
      lengths.set(segment, lengths.get(segment) + 1);
    }
    return lengths.stream().mapToLong(l -> l).toArray();
  }

  private static String text(List<PackedRow> rows) throws IOException {
    var out = new ByteArrayOutputStream();
    PackedJson.write(out, rows, written -> {});
    return out.toString(StandardCharsets.UTF_8);
  }
}
