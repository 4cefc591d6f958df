package io.sftjob.trainer.tokenizer;

import io.sftjob.trainer.tokenizer.sentencepiece.Charsmap;
import io.sftjob.trainer.tokenizer.sentencepiece.NormalizerSpec;
import io.sftjob.trainer.tokenizer.sentencepiece.Piece;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeSet;

/** SHA-256 of what decides about ids. */
final class SourceDigest {
  private SourceDigest() {}

  static String of(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  static String of(SentencePieceSource source) {
    MessageDigest digest = sha256();
    try (DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(
                new DigestOutputStream(OutputStream.nullOutputStream(), digest)))) {
      for (Piece piece : source.model().pieces()) {
        out.writeUTF(piece.text());
        out.writeFloat(piece.score());
        out.writeByte(piece.kind().ordinal());
      }
      NormalizerSpec normalizer = source.model().normalizer();
      out.write(normalizer.charsmap().map(Charsmap::bytes).orElse(new byte[0]));
      out.writeBoolean(normalizer.addDummyPrefix());
      out.writeBoolean(normalizer.removeExtraWhitespaces());
      out.writeBoolean(normalizer.escapeWhitespaces());
      out.writeUTF(source.model().algorithm().name());
      out.writeBoolean(source.model().byteFallback());
      out.writeBoolean(source.model().whitespaceSuffix());
      out.writeBoolean(source.prefixesEveryPart());
      for (AddedToken token : source.added()) {
        out.writeUTF(token.toString());
      }
      for (AddedToken token : source.found()) {
        out.writeUTF(token.toString());
      }
      out.writeUTF(new TreeSet<>(source.specials().controlIds()).toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
