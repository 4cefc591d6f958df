package io.sftjob.trainer.run;

import io.sftjob.trainer.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Tokens to text as they come. A character may need several tokens, so its first ones wait. */
final class TextStream {
  private static final char INCOMPLETE = '\uFFFD';

  private final Tokenizer tokenizer;
  private final Consumer<String> text;
  private final List<Integer> ids = new ArrayList<>();
  private int sent;

  TextStream(Tokenizer tokenizer, Consumer<String> text) {
    this.tokenizer = tokenizer;
    this.text = text;
  }

  void add(int id) {
    ids.add(id);
    String all = decoded();
    if (all.length() > sent && all.charAt(all.length() - 1) != INCOMPLETE) {
      send(all);
    }
  }

  /** Sends what is left, complete or not. */
  void end() {
    send(decoded());
  }

  private void send(String all) {
    text.accept(all.substring(sent));
    sent = all.length();
  }

  private String decoded() {
    return tokenizer.decode(ids.stream().mapToInt(Integer::intValue).toArray(), true);
  }
}
