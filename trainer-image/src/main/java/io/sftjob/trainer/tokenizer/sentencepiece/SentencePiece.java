package io.sftjob.trainer.tokenizer.sentencepiece;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Text to pieces and back, with the ids of google/sentencepiece. Own code, since DJL's binding of
 * that library gives no offsets, reads no GGUF vocabulary, and knows no added tokens. Thread-safe.
 */
public final class SentencePiece {
  static final String VISIBLE_BLANK = "\u2581";

  private final SentencePieceModel model;
  private final Pieces pieces;
  private final Normalizer normalizer;
  private final Segmenter segmenter;

  public SentencePiece(SentencePieceModel model) {
    this.model = model;
    this.pieces = new Pieces(model.pieces());
    this.normalizer =
        new Normalizer(model.normalizer(), model.whitespaceSuffix(), pieces.userDefined());
    this.segmenter =
        switch (model.algorithm()) {
          case BPE -> new Bpe(pieces);
          case UNIGRAM -> new Unigram(pieces);
        };
  }

  /** Takes one token: where it stands in the source, in chars. */
  public interface Tokens {
    void add(int id, int start, int end);
  }

  /**
   * Every token of a text, in order.
   *
   * @param prefix whether the text gets the model's dummy prefix; a part that goes on with another
   *     may not
   */
  public void encode(String text, boolean prefix, Tokens tokens) {
    Normalized normalized = normalizer.normalize(text, prefix);
    if (!normalized.text().isEmpty()) {
      Placed placed = new Placed(normalized, tokens);
      segmenter.cut(normalized.text(), placed);
      placed.endUnknown();
    }
  }

  /**
   * The text of tokens; control pieces have none, bytes that are no UTF-8 become U+FFFD.
   *
   * @param prefix whether the first piece may begin with the dummy prefix
   */
  public String decode(List<Integer> ids, boolean prefix) {
    Decoder decoder = new Decoder(model, prefix);
    for (int id : ids) {
      decoder.add(pieces.get(id));
    }
    return decoder.end();
  }

  /**
   * Gives the pieces their places. Without bytes to fall back to, unknown ones in a row are one.
   */
  private final class Placed implements Segmenter.Cuts {
    private final Normalized normalized;
    private final Tokens tokens;
    private int unknownFrom = Pieces.NONE;
    private int unknownTo;

    Placed(Normalized normalized, Tokens tokens) {
      this.normalized = normalized;
      this.tokens = tokens;
    }

    @Override
    public void add(int from, int to, int id) {
      if (id == pieces.unknown()) {
        unknownFrom = unknownFrom == Pieces.NONE ? from : unknownFrom;
        unknownTo = to;
      } else {
        endUnknown();
        tokens.add(id, normalized.start(from), normalized.end(to));
      }
    }

    void endUnknown() {
      if (unknownFrom == Pieces.NONE) {
        return;
      }
      if (model.byteFallback()) {
        addBytes();
      } else {
        tokens.add(pieces.unknown(), normalized.start(unknownFrom), normalized.end(unknownTo));
      }
      unknownFrom = Pieces.NONE;
    }

    /** The bytes of one character share its place. */
    private void addBytes() {
      for (int at = unknownFrom; at < unknownTo; ) {
        int next = at + Character.charCount(normalized.text().codePointAt(at));
        for (byte b : normalized.text().substring(at, next).getBytes(StandardCharsets.UTF_8)) {
          tokens.add(
              pieces.ofByte(Byte.toUnsignedInt(b)), normalized.start(at), normalized.end(next));
        }
        at = next;
      }
    }
  }
}
