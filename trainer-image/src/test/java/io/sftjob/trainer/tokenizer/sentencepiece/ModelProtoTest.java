package io.sftjob.trainer.tokenizer.sentencepiece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import io.sftjob.trainer.tokenizer.sentencepiece.SentencePieceModel.Algorithm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class ModelProtoTest {
  private static final int UNKNOWN = 2;
  private static final int NORMAL = 1;

  @Test
  void whatIsNotWrittenHasTheDefaultOfTheSchema() {
    SentencePieceModel model =
        ModelProto.read(
            join(piece("<unk>", UNKNOWN), piece("a", NORMAL), message(2), message(3), message(77)));
    assertThat(model.algorithm()).isEqualTo(Algorithm.UNIGRAM);
    assertThat(model.byteFallback()).isFalse();
    assertThat(model.whitespaceSuffix()).isFalse();
    assertThat(model.unknownSurface()).isEqualTo(" ⁇ ");
    assertThat(model.normalizer().addDummyPrefix()).isTrue();
    assertThat(model.normalizer().removeExtraWhitespaces()).isTrue();
    assertThat(model.normalizer().escapeWhitespaces()).isTrue();
    assertThat(model.pieces()).hasSize(2);
  }

  @Test
  void otherKindsOfModelAreRefusedByName() {
    for (var kind : new String[][] {{"3", "WORD"}, {"4", "CHAR"}, {"9", "unknown model_type 9"}}) {
      byte[] trainer = message(2, out -> out.writeEnum(3, Integer.parseInt(kind[0])));
      assertThatThrownBy(() -> ModelProto.read(join(piece("<unk>", UNKNOWN), trainer, message(3))))
          .isInstanceOf(BrokenModelException.class)
          .hasMessageContaining(kind[1]);
    }
  }

  @Test
  void whatWouldBeLostIsRefused() {
    byte[] denormalizer = message(5, out -> out.writeByteArray(2, charsmapWithoutRules()));
    assertThatThrownBy(
            () ->
                ModelProto.read(
                    join(piece("<unk>", UNKNOWN), message(2), message(3), denormalizer)))
        .hasMessageContaining("denormalizer_spec");
  }

  @Test
  void aCharsmapThatPointsOutsideItselfIsRefused() {
    assertThatThrownBy(() -> withCharsmap(new byte[] {0, 0, 0, 127, 0}))
        .hasMessageContaining("a precompiled_charsmap of 5 bytes with a trie of 2130706432");
    byte[] charsmap = charsmapWithoutRules();
    withCharsmap(charsmap);
    charsmap[4 + 99 * 4 + 2] = 4;
    assertThatThrownBy(() -> withCharsmap(charsmap)).hasMessageContaining("points outside itself");
    charsmap[4 + 99 * 4 + 3] = (byte) 0x80;
    assertThatThrownBy(() -> withCharsmap(charsmap)).hasMessageContaining("points outside itself");
    charsmap[4 + 99 * 4 + 2] = 0;
    withCharsmap(charsmap);
    charsmap[charsmap.length - 1] = 'x';
    assertThatThrownBy(() -> withCharsmap(charsmap))
        .isInstanceOf(BrokenModelException.class)
        .hasMessageContaining("has no end");
  }

  /** A trie of 1024 bytes: 256 units that point at themselves. */
  private static byte[] charsmapWithoutRules() {
    byte[] charsmap = new byte[4 + 1024 + 3];
    charsmap[1] = 4;
    return charsmap;
  }

  private static SentencePieceModel withCharsmap(byte[] charsmap) {
    byte[] normalizer = message(3, out -> out.writeByteArray(2, charsmap));
    return ModelProto.read(join(piece("<unk>", UNKNOWN), message(2), normalizer));
  }

  private static byte[] piece(String text, int kind) {
    return message(
        1,
        out -> {
          out.writeString(1, text);
          out.writeEnum(3, kind);
        });
  }

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(int field) {
    return message(field, out -> {});
  }

  private static byte[] message(int field, Fields fields) {
    return written(out -> out.writeByteArray(field, written(fields)));
  }

  private static byte[] written(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }
}
