package io.sftjob.trainer.tokenizer;

import io.sftjob.trainer.tokenizer.sentencepiece.Piece;
import io.sftjob.trainer.tokenizer.sentencepiece.PrefixMatcher;
import io.sftjob.trainer.tokenizer.sentencepiece.SentencePiece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A SentencePiece model with the tokens that a checkpoint adds to it. The parts of a text between
 * added tokens are encoded one by one, as transformers' tokenizers in Python do.
 */
final class SentencePieceTokenizer implements Tokenizer {
  private final SentencePieceSource source;
  private final SentencePiece pieces;
  private final SentencePiece ordinary;
  private final Map<String, AddedToken> found = new HashMap<>();
  private final Map<Integer, AddedToken> added = new HashMap<>();
  private final PrefixMatcher matcher;
  private final String fingerprint;

  SentencePieceTokenizer(SentencePieceSource source) {
    this.source = source;
    this.pieces = new SentencePiece(source.model());
    Set<Integer> meanings = meanings(source);
    this.ordinary =
        meanings.isEmpty() ? pieces : new SentencePiece(source.model().withControls(meanings));
    source.found().forEach(token -> found.put(token.content(), token));
    source.added().forEach(token -> added.put(token.id(), token));
    this.matcher = new PrefixMatcher(found.keySet());
    this.fingerprint = SourceDigest.of(source);
  }

  /**
   * User-defined symbols that have a meaning: the library would find them in any text. Nobody
   * writes {@code <|…|>} but to mark something, declared or not.
   */
  private static Set<Integer> meanings(SentencePieceSource source) {
    Set<Integer> declared = new HashSet<>(source.specials().controlIds());
    declared.addAll(source.specials().stopIds());
    List<Piece> all = source.model().pieces();
    return IntStream.range(0, all.size())
        .filter(id -> all.get(id).kind() == Piece.Kind.USER_DEFINED)
        .filter(id -> declared.contains(id) || isMarker(all.get(id).text()))
        .boxed()
        .collect(Collectors.toSet());
  }

  private static boolean isMarker(String text) {
    return text.startsWith("<|") && text.endsWith("|>");
  }

  @Override
  public Encoding encode(String written) {
    String text = WellFormed.of(written);
    Tokens tokens = new Tokens();
    int from = 0;
    for (int at = 0; at < text.length(); ) {
      Optional<AddedToken> token = addedAt(text, at);
      if (token.isEmpty()) {
        at++;
        continue;
      }
      int start = token.get().stripsLeft() ? blanksBefore(text, from, at) : at;
      int end = at + token.get().content().length();
      end = token.get().stripsRight() ? blanksBehind(text, end) : end;
      part(text, from, start, tokens);
      tokens.add(token.get().id(), start, end);
      from = end;
      at = end;
    }
    part(text, from, text.length(), tokens);
    return tokens.encoding();
  }

  private Optional<AddedToken> addedAt(String text, int at) {
    int length = matcher.longest(text, at);
    return length == 0
        ? Optional.empty()
        : Optional.of(found.get(text.substring(at, at + length)))
            .filter(token -> text.startsWith(token.after(), at - token.after().length()));
  }

  private void part(String text, int from, int to, Tokens tokens) {
    if (from < to) {
      tokens.base = from;
      boolean prefix = from == 0 || source.prefixesEveryPart();
      pieces.encode(text.substring(from, to), prefix, tokens);
      tokens.base = 0;
    }
  }

  private static int blanksBefore(String text, int from, int at) {
    int start = at;
    while (start > from && isBlank(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static int blanksBehind(String text, int at) {
    int end = at;
    while (end < text.length() && isBlank(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** What Python's {@code str.strip} takes away. */
  private static boolean isBlank(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  @Override
  public Encoding encodeOrdinary(String text) {
    Tokens tokens = new Tokens();
    ordinary.encode(WellFormed.of(text), true, tokens);
    return tokens.encoding();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    StringBuilder text = new StringBuilder();
    List<Integer> run = new ArrayList<>();
    for (int id : ids) {
      AddedToken token = added.get(id);
      if (token == null) {
        // A padded embedding has rows that no token stands for.
        if (id < source.model().pieces().size()) {
          run.add(id);
        }
      } else if (!token.special() || !skipSpecialTokens) {
        decode(run, text);
        text.append(token.content());
      }
    }
    decode(run, text);
    return text.toString();
  }

  private void decode(List<Integer> run, StringBuilder text) {
    text.append(pieces.decode(run, text.isEmpty() || source.prefixesEveryPart()));
    run.clear();
  }

  @Override
  public OptionalInt idOf(String token) {
    return source.vocabulary().idOf(token);
  }

  @Override
  public int vocabSize() {
    return source.vocabulary().size();
  }

  @Override
  public SpecialTokens specialTokens() {
    return source.specials();
  }

  @Override
  public Optional<String> chatTemplate() {
    return source.chatTemplate();
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public void close() {}

  /** Tokens as they come; places count from {@code base}. */
  private static final class Tokens implements SentencePiece.Tokens {
    private int[] ids = new int[16];
    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private int count;
    private int base;

    @Override
    public void add(int id, int start, int end) {
      if (count == ids.length) {
        ids = Arrays.copyOf(ids, 2 * count);
        starts = Arrays.copyOf(starts, 2 * count);
        ends = Arrays.copyOf(ends, 2 * count);
      }
      ids[count] = id;
      starts[count] = base + start;
      ends[count++] = base + end;
    }

    Encoding encoding() {
      return new Encoding(
          Arrays.copyOf(ids, count), Arrays.copyOf(starts, count), Arrays.copyOf(ends, count));
    }
  }
}
