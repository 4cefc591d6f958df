package io.sftjob.e2e;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows to train on: short sums as chats, the same ones each time. */
final class Rows {
  private Rows() {}

  static String jsonLines(int rows) {
    return IntStream.range(0, rows).mapToObj(Rows::row).collect(Collectors.joining("\n", "", "\n"));
  }

  private static String row(int i) {
    int a = (i * 37) % 91;
    int b = (i * 53) % 83;
    return """
    {"messages":[{"role":"user","content":"What is %d plus %d?"},{"role":"assistant","content":"It is %d."}]}"""
        .formatted(a, b, a + b);
  }
}
