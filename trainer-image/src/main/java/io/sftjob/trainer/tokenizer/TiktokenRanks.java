package io.sftjob.trainer.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A list of tiktoken ranks: a line is {@code base64(token) rank}, the rank is the id. Tokens are
 * strings of bytes; here each byte is a char below 256.
 */
final class TiktokenRanks {
  private final List<String> tokens;
  private final Map<String, Integer> ranks;

  private TiktokenRanks(List<String> tokens) {
    this.tokens = tokens;
    this.ranks = HashMap.newHashMap(tokens.size());
    for (int rank = 0; rank < tokens.size(); rank++) {
      ranks.put(tokens.get(rank), rank);
    }
  }

  /**
   * @throws IllegalArgumentException naming the line, for one that is not as it must be
   */
  static TiktokenRanks parse(String text) {
    String[] lines = text.split("\n");
    String[] tokens = new String[lines.length];
    Map<String, Integer> lineOf = HashMap.newHashMap(lines.length);
    for (int i = 0; i < lines.length; i++) {
      int line = i + 1;
      String[] parts = lines[i].strip().split(" ");
      if (parts.length != 2) {
        throw new IllegalArgumentException(
            "line %d is `%s`; expected base64, a blank and a rank".formatted(line, lines[i]));
      }
      String token = decode(parts[0], line);
      int rank = rank(parts[1], line, lines.length);
      if (tokens[rank] != null) {
        throw new IllegalArgumentException("line %d gives rank %d again".formatted(line, rank));
      }
      Integer earlier = lineOf.put(token, line);
      if (earlier != null) {
        throw new IllegalArgumentException(
            "line %d gives the token of line %d again".formatted(line, earlier));
      }
      tokens[rank] = token;
    }
    return new TiktokenRanks(List.of(tokens)).requireBytes();
  }

  private static String decode(String base64, int line) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("line %d: `%s` is not base64".formatted(line, base64), e);
    }
  }

  /** Ranks are the ids, so none may be left out. */
  private static int rank(String text, int line, int count) {
    if (!text.matches("\\d{1,9}") || Integer.parseInt(text) >= count) {
      throw new IllegalArgumentException(
          "line %d: the rank is `%s`; %d lines have the ranks 0 to %d"
              .formatted(line, text, count, count - 1));
    }
    return Integer.parseInt(text);
  }

  private TiktokenRanks requireBytes() {
    for (int b = 0; b < 256; b++) {
      if (!ranks.containsKey(String.valueOf((char) b))) {
        throw new IllegalArgumentException(
            "no token is the single byte 0x%02X, so not every text has ids".formatted(b));
      }
    }
    return this;
  }

  /** In the order of their ranks. */
  List<String> tokens() {
    return tokens;
  }

  /**
   * The last merge that makes a token of this rank, if merges of lower rank can make its halves.
   * Tiktoken merges whatever neighbours have the lowest rank together; inside the token those are
   * the same merges wherever it stands, so this pair is the only one that ever makes it.
   */
  Optional<Merge> merge(int rank) {
    List<String> parts = new ArrayList<>();
    tokens.get(rank).chars().forEach(b -> parts.add(String.valueOf((char) b)));
    while (parts.size() > 2) {
      int best = lowest(parts, rank);
      if (best < 0) {
        return Optional.empty();
      }
      parts.set(best, parts.get(best) + parts.remove(best + 1));
    }
    return parts.size() == 2
        ? Optional.of(new Merge(parts.get(0), parts.get(1)))
        : Optional.empty();
  }

  private int lowest(List<String> parts, int below) {
    int best = -1;
    int bestRank = below;
    for (int i = 0; i + 1 < parts.size(); i++) {
      int rank = ranks.getOrDefault(parts.get(i) + parts.get(i + 1), Integer.MAX_VALUE);
      if (rank < bestRank) {
        best = i;
        bestRank = rank;
      }
    }
    return best;
  }

  record Merge(String left, String right) {}
}
