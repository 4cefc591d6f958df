package io.sftjob.trainer.tokenizer.sentencepiece;

import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Merges neighbours as bpe_model.cc does: the pair whose concatenation has the highest score first,
 * the leftmost of equals.
 *
 * <p>Why not a tokenizer.json with the merges written out, run by Hugging Face's library: there
 * every merge has a rank of its own, here the place decides between equal scores. Trained models
 * hardly differ, but one that was extended does (Chinese-LLaMA gave all its new pieces the score 0:
 * fixture {@code extended}, half of its Chinese sentences).
 */
final class Bpe implements Segmenter {
  private final Pieces pieces;
  private final PrefixMatcher userDefined;
  private final Neighbours neighbours;

  Bpe(Pieces pieces) {
    this.pieces = pieces;
    this.userDefined = pieces.userDefined();
    this.neighbours = Neighbours.of(pieces);
  }

  @Override
  public void cut(String text, Cuts cuts) {
    Symbols symbols = split(text);
    Merging merging = new Merging(text, symbols);
    for (int first = 0; first < symbols.count; ) {
      int next = first + 1;
      while (next < symbols.count && mayMeet(text, symbols, next)) {
        next++;
      }
      merging.run(first, next);
      first = next;
    }
    for (int i = 0; i != Symbols.NONE; i = symbols.next[i]) {
      merging.emit(symbols.start[i], symbols.end[i], cuts);
    }
  }

  /** Characters, and user-defined symbols, which never merge. */
  private Symbols split(String text) {
    Symbols symbols = new Symbols(text.length());
    for (int at = 0; at < text.length(); ) {
      int symbol = userDefined.longest(text, at);
      int chars = symbol > 0 ? symbol : Character.charCount(text.codePointAt(at));
      symbols.add(at, at + chars, symbol > 0);
      at += chars;
    }
    return symbols;
  }

  private boolean mayMeet(String text, Symbols symbols, int right) {
    return !symbols.frozen[right - 1]
        && !symbols.frozen[right]
        && neighbours.maybe(
            text.codePointBefore(symbols.start[right]), text.codePointAt(symbols.start[right]));
  }

  /** A doubly linked list in arrays. */
  private static final class Symbols {
    static final int NONE = -1;

    private final int[] start;
    private final int[] end;
    private final int[] previous;
    private final int[] next;
    private final boolean[] frozen;
    private int count;

    Symbols(int capacity) {
      start = new int[capacity];
      end = new int[capacity];
      previous = new int[capacity];
      next = new int[capacity];
      frozen = new boolean[capacity];
    }

    void add(int from, int to, boolean isFrozen) {
      start[count] = from;
      end[count] = to;
      previous[count] = count - 1;
      next[count] = NONE;
      frozen[count] = isFrozen;
      if (count > 0) {
        next[count - 1] = count;
      }
      count++;
    }

    boolean isGone(int i) {
      return start[i] == end[i];
    }

    void merge(int left, int right) {
      end[left] = end[right];
      end[right] = start[right];
      next[left] = next[right];
      if (next[right] != NONE) {
        previous[next[right]] = left;
      }
    }
  }

  /** Two neighbours that would be a piece, as long as both stay what they are. */
  private record Pair(int left, int right, int end, float score) {
    static final Comparator<Pair> ORDER =
        Comparator.comparingDouble((Pair p) -> 0.0 - p.score).thenComparingInt(Pair::left);
  }

  private final class Merging {
    private final String text;
    private final Symbols symbols;
    private final PriorityQueue<Pair> agenda = new PriorityQueue<>(Pair.ORDER);
    private final Map<String, Integer> lastCutOfUnused = new HashMap<>();

    Merging(String text, Symbols symbols) {
      this.text = text;
      this.symbols = symbols;
    }

    void run(int first, int end) {
      for (int i = first + 1; i < end; i++) {
        offer(i - 1, i);
      }
      while (!agenda.isEmpty()) {
        Pair top = agenda.poll();
        if (symbols.isGone(top.left)
            || symbols.isGone(top.right)
            || symbols.end[top.right] != top.end
            || symbols.next[top.left] != top.right) {
          continue;
        }
        symbols.merge(top.left, top.right);
        offer(symbols.previous[top.left], top.left);
        offer(top.left, symbols.next[top.left]);
      }
    }

    private void offer(int left, int right) {
      if (left == Symbols.NONE
          || right == Symbols.NONE
          || symbols.frozen[left]
          || symbols.frozen[right]) {
        return;
      }
      String merged = text.substring(symbols.start[left], symbols.end[right]);
      int id = pieces.text(merged);
      if (id == Pieces.NONE) {
        return;
      }
      agenda.add(new Pair(left, right, symbols.end[right], pieces.get(id).score()));
      if (pieces.get(id).kind() == Kind.UNUSED) {
        lastCutOfUnused.put(merged, symbols.start[right] - symbols.start[left]);
      }
    }

    /** A piece that is out of use helped to merge, but is taken apart again. */
    void emit(int from, int to, Cuts cuts) {
      String symbol = text.substring(from, to);
      int id = pieces.text(symbol);
      if (id == Pieces.NONE || pieces.get(id).kind() != Kind.UNUSED) {
        cuts.add(from, to, id == Pieces.NONE ? pieces.unknown() : id);
        return;
      }
      Integer cut = lastCutOfUnused.get(symbol);
      if (cut == null) {
        cuts.add(from, to, pieces.unknown());
      } else {
        emit(from, from + cut, cuts);
        emit(from + cut, to, cuts);
      }
    }
  }
}
