package io.sftjob.trainer.train;

import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.source.RowOrigin;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Which rows of the data set a step saw, for people. */
final class Sources {
  /** So that the message fits into a termination log. */
  private static final int NAMED = 24;

  private Sources() {}

  /**
   * @param window the step's micro-batches, each the numbers of its packed rows
   */
  static String of(List<PackedRow> rows, List<int[]> window) {
    List<RowOrigin> origins =
        window.stream()
            .flatMapToInt(Arrays::stream)
            .mapToObj(rows::get)
            .flatMap(row -> row.origins().stream())
            .distinct()
            .toList();
    String named =
        origins.stream().limit(NAMED).map(RowOrigin::toString).collect(Collectors.joining(", "));
    return origins.size() > NAMED
        ? named + " and %d more".formatted(origins.size() - NAMED)
        : named;
  }
}
