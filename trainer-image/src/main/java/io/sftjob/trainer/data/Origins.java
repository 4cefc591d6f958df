package io.sftjob.trainer.data;

import io.sftjob.trainer.source.RowOrigin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where documents stand, as one number each: the file in the upper bits, the row in the lower. */
final class Origins {
  private static final int NUMBER_BITS = 40;
  private static final long NUMBER = (1L << NUMBER_BITS) - 1;

  private final List<File> files;
  private final Map<File, Integer> numbers = new HashMap<>();

  /** A file of the data set, and what its rows are counted by. */
  record File(String name, RowOrigin.By by) {}

  Origins() {
    this(List.of());
  }

  Origins(List<File> files) {
    this.files = new ArrayList<>(files);
  }

  long number(RowOrigin origin) {
    int file = numbers.computeIfAbsent(new File(origin.file(), origin.by()), this::add);
    return (long) file << NUMBER_BITS | origin.number() & NUMBER;
  }

  RowOrigin of(long number) {
    File file = files.get((int) (number >>> NUMBER_BITS));
    return new RowOrigin(file.name(), file.by(), number & NUMBER);
  }

  List<File> files() {
    return List.copyOf(files);
  }

  private int add(File file) {
    files.add(file);
    return files.size() - 1;
  }
}
