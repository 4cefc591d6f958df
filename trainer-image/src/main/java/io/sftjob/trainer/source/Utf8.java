package io.sftjob.trainer.source;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** UTF-8, strictly: bytes that are none are said, not replaced. */
final class Utf8 {
  private Utf8() {}

  static String text(byte[] bytes, int from, int to) throws MalformedRowException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedRowException("is not UTF-8");
    }
  }

  static boolean hasByteOrderMark(byte[] b) {
    return b.length >= 3 && b[0] == (byte) 0xef && b[1] == (byte) 0xbb && b[2] == (byte) 0xbf;
  }
}
