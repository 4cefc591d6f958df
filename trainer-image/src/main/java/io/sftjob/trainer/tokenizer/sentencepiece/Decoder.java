package io.sftjob.trainer.tokenizer.sentencepiece;

import io.sftjob.trainer.tokenizer.sentencepiece.Piece.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Pieces to text, as sentencepiece_processor.cc's Decode does. */
final class Decoder {
  private final SentencePieceModel model;
  private final StringBuilder text = new StringBuilder();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private boolean prefixGone;

  /**
   * @param prefix whether the text may begin with the normaliser's dummy prefix
   */
  Decoder(SentencePieceModel model, boolean prefix) {
    this.model = model;
    this.prefixGone = !prefix;
  }

  void add(Piece piece) {
    if (piece.kind() == Kind.BYTE) {
      bytes.write(piece.byteValue());
      return;
    }
    flush();
    switch (piece.kind()) {
      case CONTROL -> {}
      case UNKNOWN -> text.append(model.unknownSurface());
      default -> text.append(withoutPrefix(piece.text()).replace(SentencePiece.VISIBLE_BLANK, " "));
    }
  }

  /** The blank that the normaliser puts before a text, or all that it would have removed there. */
  private String withoutPrefix(String piece) {
    boolean all = model.normalizer().removeExtraWhitespaces();
    if (!text.isEmpty()
        || prefixGone
        || !(all || model.normalizer().addDummyPrefix())
        || !piece.startsWith(SentencePiece.VISIBLE_BLANK)) {
      return piece;
    }
    prefixGone = !all;
    return piece.substring(1);
  }

  String end() {
    flush();
    return text.toString();
  }

  /** Character by character; a byte that begins none is one U+FFFD. */
  private void flush() {
    ByteBuffer all = ByteBuffer.wrap(bytes.toByteArray());
    bytes.reset();
    while (all.hasRemaining()) {
      int length = Math.min(length(all.get(all.position())), all.remaining());
      try {
        text.append(StandardCharsets.UTF_8.newDecoder().decode(all.slice(all.position(), length)));
      } catch (CharacterCodingException e) {
        text.append('\uFFFD');
        length = 1;
      }
      all.position(all.position() + length);
    }
  }

  private static int length(byte lead) {
    int ones = Integer.numberOfLeadingZeros(~lead << 24);
    return Math.max(1, ones);
  }
}
