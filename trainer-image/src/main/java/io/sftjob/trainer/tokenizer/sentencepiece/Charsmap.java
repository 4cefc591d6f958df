package io.sftjob.trainer.tokenizer.sentencepiece;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Compiled normalisation rules: {@code <size of the trie in bytes: uint32> <trie> <replacements,
 * each ended by NUL>}. The trie is a double array of darts-clone over UTF-8 bytes; a unit's bits
 * are those of {@code Darts::Details::DoubleArrayUnit}.
 */
final class Charsmap {
  private static final int DEAD_END = -1;

  private final IntBuffer units;
  private final byte[] replacements;

  Charsmap(byte[] blob) {
    ByteBuffer buffer = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
    int size = blob.length < Integer.BYTES ? -1 : buffer.getInt();
    if (size <= 0 || size % Integer.BYTES != 0 || size >= buffer.remaining()) {
      throw new BrokenModelException(
          "a precompiled_charsmap of %d bytes with a trie of %d".formatted(blob.length, size));
    }
    units = buffer.slice(Integer.BYTES, size).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    replacements = new byte[buffer.remaining() - size];
    buffer.get(Integer.BYTES + size, replacements);
  }

  /**
   * @param chars of the source
   * @param text what replaces them
   */
  record Match(int chars, String text) {}

  /** The longest rule that the text has at this place. */
  Optional<Match> longest(String text, int from) {
    int end = from;
    int value = 0;
    int node = 0;
    for (int at = from; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      node = walk(node, codePoint);
      if (node == DEAD_END) {
        break;
      }
      at += Character.charCount(codePoint);
      if ((unit(node) >>> 8 & 1) == 1) {
        end = at;
        value = unit(children(node)) & 0x7FFFFFFF;
      }
    }
    return end == from ? Optional.empty() : Optional.of(new Match(end - from, replacement(value)));
  }

  /** From one unit to the next, byte by byte of the character. */
  private int walk(int from, int codePoint) {
    int node = from;
    int bytes = utf8Length(codePoint);
    for (int i = 0; i < bytes; i++) {
      int label = utf8Byte(codePoint, i, bytes);
      node = children(node) ^ label;
      if ((unit(node) & 0x800000FF) != label) {
        return DEAD_END;
      }
    }
    return node;
  }

  private int children(int node) {
    int unit = unit(node);
    return node ^ (unit >>> 10) << ((unit & 1 << 9) >>> 6);
  }

  private int unit(int index) {
    if (index < 0 || index >= units.limit()) {
      throw new BrokenModelException("a precompiled_charsmap that points outside itself");
    }
    return units.get(index);
  }

  private static int utf8Length(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }

  private static int utf8Byte(int codePoint, int index, int length) {
    int bits = codePoint >>> 6 * (length - 1 - index);
    if (index > 0) {
      return bits & 0x3F | 0x80;
    }
    return length == 1 ? bits : bits | 0xF00 >>> length & 0xFF;
  }

  private String replacement(int from) {
    int to = from;
    while (to < replacements.length && replacements[to] != 0) {
      to++;
    }
    if (to >= replacements.length) {
      throw new BrokenModelException("a precompiled_charsmap that points outside itself");
    }
    return new String(replacements, from, to - from, StandardCharsets.UTF_8);
  }
}
