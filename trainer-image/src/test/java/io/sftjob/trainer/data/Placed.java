package io.sftjob.trainer.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a placement says about documents that are nothing but targets. */
final class Placed implements Placement.Rows {
  final List<List<Part>> rows = new ArrayList<>();
  final Map<DropReason, Integer> left = new EnumMap<>(DropReason.class);
  private final long[] starts;

  record Part(int document, int offset, int length) {}

  private Placed(long[] starts) {
    this.starts = starts;
  }

  /**
   * @param characters of each document
   */
  static Placed of(Packing packing, int[] lengths, int[] characters, long seed) {
    long[] starts = new long[lengths.length];
    for (int i = 1; i < lengths.length; i++) {
      starts[i] = starts[i - 1] + lengths[i - 1];
    }
    var placed = new Placed(starts);
    var placement = Placement.of(packing, seed, placed);
    for (int i = 0; i < lengths.length; i++) {
      boolean[] targets = new boolean[lengths[i]];
      Arrays.fill(targets, true);
      placement.add(i, starts[i], new Encoded(new int[lengths[i]], targets, characters[i]));
    }
    placement.end();
    return placed;
  }

  static Placed of(Packing packing, int... lengths) {
    return of(packing, lengths, new int[lengths.length], 0);
  }

  @Override
  public void row(List<Fragment> fragments) {
    rows.add(
        fragments.stream()
            .map(f -> new Part(f.document(), (int) (f.start() - starts[f.document()]), f.length()))
            .toList());
  }

  @Override
  public void left(DropReason reason, int document, int tokens) {
    left.merge(reason, tokens, Integer::sum);
  }
}
