package io.sftjob.trainer.tokenizer.sentencepiece;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Merging word by word, with a queue, gives what the plain rule gives on the whole text. */
class BpeProperties {

  @Property(tries = 2000)
  void theBestPairMergesFirstAndTheLeftmostOfEquals(
      @ForAll("vocabularies") List<Piece> vocabulary, @ForAll("texts") String text) {
    Pieces pieces = new Pieces(vocabulary);
    List<String> cut = new ArrayList<>();
    new Bpe(pieces).cut(text, (from, to, id) -> cut.add(text.substring(from, to)));
    assertThat(cut).isEqualTo(plain(pieces, text));
  }

  private static List<String> plain(Pieces pieces, String text) {
    List<String> symbols =
        new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
    while (true) {
      int best = -1;
      float bestScore = 0;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int id = pieces.text(symbols.get(i) + symbols.get(i + 1));
        if (id != Pieces.NONE && (best < 0 || pieces.get(id).score() > bestScore)) {
          best = i;
          bestScore = pieces.get(id).score();
        }
      }
      if (best < 0) {
        return symbols;
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }

  /** Few letters and few scores, so that pairs overlap and tie. */
  @Provide
  Arbitrary<List<Piece>> vocabularies() {
    Arbitrary<Set<String>> words =
        Arbitraries.strings().withChars("ab▁世").ofMinLength(2).ofMaxLength(5).set().ofMaxSize(25);
    return words.flatMap(
        set ->
            Arbitraries.integers()
                .between(-4, 0)
                .list()
                .ofSize(set.size())
                .map(scores -> vocabulary(new LinkedHashSet<>(set), scores)));
  }

  private static List<Piece> vocabulary(Set<String> words, List<Integer> scores) {
    List<String> texts = List.copyOf(words);
    List<Piece> pieces = new ArrayList<>();
    pieces.add(new Piece("<unk>", 0, Kind.UNKNOWN));
    IntStream.range(0, texts.size())
        .mapToObj(i -> new Piece(texts.get(i), scores.get(i), Kind.NORMAL))
        .forEach(pieces::add);
    return pieces;
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("ab▁世🙂".toCharArray()).ofMinLength(1).ofMaxLength(40);
  }
}
