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
public final class Charsmap {
  private static final int DEAD_END = -1;

  private final byte[] blob;
  private final IntBuffer units;
  private final byte[] replacements;

  private Charsmap(byte[] blob) {
    this.blob = blob;
    ByteBuffer buffer = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
    int size = blob.length < Integer.BYTES ? -1 : buffer.getInt();
    if (size <= 0 || size % Integer.BYTES != 0 || size >= buffer.remaining()) {
      throw new BrokenModelException(
          "a precompiled_charsmap of %d bytes with a trie of %d".formatted(blob.length, size));
    }
    units = buffer.slice(Integer.BYTES, size).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    replacements = new byte[buffer.remaining() - size];
    buffer.get(Integer.BYTES + size, replacements);
    checkPlaces();
  }

  /**
   * @param blob empty: no rules
   * @throws BrokenModelException for a trie that points outside itself or its replacements
   */
  public static Optional<Charsmap> of(byte[] blob) {
    return blob.length == 0 ? Optional.empty() : Optional.of(new Charsmap(blob));
  }

  public byte[] bytes() {
    return blob.clone();
  }

  private void checkPlaces() {
    for (int i = 0; i < units.limit(); i++) {
      int unit = units.get(i);
      boolean inside =
          isValue(unit)
              ? value(unit) < replacements.length
              : (children(i) | 0xFF) < units.limit()
                  && (!hasLeaf(unit) || isValue(units.get(children(i))));
      if (!inside) {
        throw new BrokenModelException("a precompiled_charsmap that points outside itself");
      }
    }
    if (replacements[replacements.length - 1] != 0) {
      throw new BrokenModelException("a precompiled_charsmap whose last replacement has no end");
    }
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
      if (hasLeaf(units.get(node))) {
        end = at;
        value = value(units.get(children(node)));
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
      if ((units.get(node) & 0x800000FF) != label) {
        return DEAD_END;
      }
    }
    return node;
  }

  /** Where the units of a node's children begin; the label of each is added by exclusive or. */
  private int children(int node) {
    int unit = units.get(node);
    return node ^ (unit >>> 10) << ((unit & 1 << 9) >>> 6);
  }

  private static boolean hasLeaf(int unit) {
    return (unit & 1 << 8) != 0;
  }

  private static boolean isValue(int unit) {
    return unit < 0;
  }

  private static int value(int unit) {
    return unit & 0x7FFFFFFF;
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
    while (replacements[to] != 0) {
      to++;
    }
    return new String(replacements, from, to - from, StandardCharsets.UTF_8);
  }
}
