package io.sftjob.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.data.Placed.Part;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PlacementTest {
  @Property(tries = 500)
  void everyTokenIsInExactlyOneRowOrLeft(
      @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 90) Integer> documents,
      @ForAll("packings") Packing packing) {
    int[] lengths = documents.stream().mapToInt(Integer::intValue).toArray();
    int[] characters = IntStream.of(lengths).map(n -> 3 * n).toArray();
    var placed = Placed.of(packing, lengths, characters, 7);

    boolean[][] seen = IntStream.of(lengths).mapToObj(boolean[]::new).toArray(boolean[][]::new);
    int inRows = 0;
    for (List<Part> row : placed.rows) {
      int length = row.stream().mapToInt(Part::length).sum();
      inRows += length;
      assertThat(length).isBetween(2, packing.maxLength());
      if (packing instanceof Packing.ConstantLength) {
        assertThat(length).isEqualTo(packing.maxLength());
      }
      for (Part part : row) {
        for (int i = part.offset(); i < part.offset() + part.length(); i++) {
          assertThat(seen[part.document()][i]).isFalse();
          seen[part.document()][i] = true;
        }
      }
    }
    int left = placed.left.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(inRows + left).isEqualTo(IntStream.of(lengths).sum());
    if (packing instanceof Packing.BfdSplit || packing instanceof Packing.Wrapped) {
      assertThat(placed.left.keySet()).isSubsetOf(DropReason.FragmentWithoutTargets);
    }
  }

  @Provide
  static Arbitrary<Packing> packings() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 4),
            Arbitraries.integers().between(2, 40),
            Arbitraries.integers().between(1, 70))
        .as(PlacementTest::packing);
  }

  static Packing packing(int kind, int maxLength, int window) {
    return switch (kind) {
      case 0 -> new Packing.None(maxLength);
      case 1 -> new Packing.Bfd(maxLength, window);
      case 2 -> new Packing.BfdSplit(maxLength, window);
      case 3 -> new Packing.Wrapped(maxLength, window);
      default -> new Packing.ConstantLength(maxLength, window, 0.5);
    };
  }

  @Test
  void withoutPackingARowIsADocumentCutAtItsEnd() {
    var placed = Placed.of(new Packing.None(8), 3, 20, 8);
    assertThat(placed.rows)
        .containsExactly(
            List.of(new Part(0, 0, 3)), List.of(new Part(1, 0, 8)), List.of(new Part(2, 0, 8)));
    assertThat(placed.left).containsOnlyKeys(DropReason.TooLong).containsValue(12);
  }

  @Test
  void aMillionDocumentsTakeSeconds() {
    int[] lengths = IntStream.range(0, 1_000_000).map(i -> (int) (1 + (i * 7919L) % 900)).toArray();
    long begin = System.nanoTime();
    var placed = Placed.of(new Packing.BfdSplit(1024, 100_000), lengths);
    long tokens = IntStream.of(lengths).asLongStream().sum();
    assertThat(placed.rows.size()).isLessThan((int) (tokens / 1024 * 1.01) + 20);
    assertThat(System.nanoTime() - begin).isLessThan(30_000_000_000L);
  }
}
