package io.sftjob.trainer.tokenizer.sentencepiece;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the longest of some words at a place of a text. */
public final class PrefixMatcher {
  private final Map<Character, List<String>> byFirstChar = new HashMap<>();

  public PrefixMatcher(Collection<String> words) {
    words.stream()
        .sorted(Comparator.comparingInt(String::length).reversed())
        .forEach(
            word -> byFirstChar.computeIfAbsent(word.charAt(0), c -> new ArrayList<>()).add(word));
  }

  /**
   * @return the length in chars of the longest word that starts there; 0 if none does
   */
  public int longest(String text, int from) {
    for (String word : byFirstChar.getOrDefault(text.charAt(from), List.of())) {
      if (text.startsWith(word, from)) {
        return word.length();
      }
    }
    return 0;
  }
}
