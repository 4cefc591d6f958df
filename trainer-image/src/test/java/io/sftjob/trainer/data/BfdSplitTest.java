package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BfdSplitTest {
  /** The batch size of datasets.map, which is TRL's window. */
  private static final int TRL_WINDOW = 1000;

  @Test
  void packsAsTrlDoes() throws IOException {
    JsonNode cases =
        new ObjectMapper()
            .readTree(Path.of("src/test/resources/fixtures/packing/cases.json").toFile());
    assertThat(cases.size()).isGreaterThan(10);
    for (JsonNode c : cases) {
      int[] lengths =
          IntStream.range(0, c.path("lengths").size())
              .map(i -> c.path("lengths").path(i).intValue())
              .toArray();
      assertThat(BfdSplit.pack(lengths, c.path("maxLength").intValue(), TRL_WINDOW, f -> true))
          .as(c.path("name").asText())
          .isEqualTo(rows(c.path("rows")));
    }
  }

  private static List<List<Fragment>> rows(JsonNode rows) {
    List<List<Fragment>> expected = new ArrayList<>();
    for (JsonNode row : rows) {
      List<Fragment> fragments = new ArrayList<>();
      for (JsonNode f : row) {
        fragments.add(
            new Fragment(f.path(0).intValue(), f.path(1).intValue(), f.path(2).intValue()));
      }
      expected.add(fragments);
    }
    return expected;
  }

  @Property(tries = 300)
  void everyTokenIsInExactlyOneRowThatHoldsIt(
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 90) Integer> documents,
      @ForAll @IntRange(min = 1, max = 40) int maxLength,
      @ForAll @IntRange(min = 1, max = 70) int window) {
    int[] lengths = documents.stream().mapToInt(Integer::intValue).toArray();
    List<List<Fragment>> rows = BfdSplit.pack(lengths, maxLength, window, f -> true);

    boolean[][] seen = IntStream.of(lengths).mapToObj(boolean[]::new).toArray(boolean[][]::new);
    for (List<Fragment> row : rows) {
      assertThat(row).isNotEmpty();
      assertThat(row.stream().mapToInt(Fragment::length).sum()).isBetween(1, maxLength);
      for (Fragment f : row) {
        for (int i = f.offset(); i < f.offset() + f.length(); i++) {
          assertThat(seen[f.document()][i]).isFalse();
          seen[f.document()][i] = true;
        }
      }
    }
    for (boolean[] document : seen) {
      for (boolean token : document) {
        assertThat(token).isTrue();
      }
    }
  }

  @Test
  void leavesOutWhatIsNotKept() {
    List<List<Fragment>> rows =
        BfdSplit.pack(new int[] {10, 3}, 4, TRL_WINDOW, f -> f.offset() != 4);
    assertThat(rows.stream().flatMap(List::stream))
        .containsExactlyInAnyOrder(
            new Fragment(0, 0, 4), new Fragment(0, 8, 2), new Fragment(1, 0, 3));
  }

  @Test
  void aMillionDocumentsTakeSeconds() {
    int[] lengths = IntStream.range(0, 1_000_000).map(i -> (int) (1 + (i * 7919L) % 900)).toArray();
    long begin = System.nanoTime();
    List<List<Fragment>> rows = BfdSplit.pack(lengths, 1024, BfdSplit.WINDOW, f -> true);
    long tokens = IntStream.of(lengths).asLongStream().sum();
    assertThat(rows.size()).isLessThan((int) (tokens / 1024 * 1.01) + 20);
    assertThat(System.nanoTime() - begin).isLessThan(30_000_000_000L);
  }
}
