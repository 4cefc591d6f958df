package io.sftjob.trainer.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/** Python's indices: negative ones count from the end, slices are cut to what is there. */
final class Slices {
  private Slices() {}

  /** The item at an index, or null if there is none (a list may hold None, hence the array). */
  static Object[] item(Object sequence, long index) {
    if (sequence instanceof String text) {
      int i = position(index, text.codePointCount(0, text.length()));
      return i < 0
          ? null
          : new Object[] {Character.toString(text.codePointAt(text.offsetByCodePoints(0, i)))};
    }
    List<?> list = (List<?>) sequence;
    int i = position(index, list.size());
    return i < 0 ? null : new Object[] {list.get(i)};
  }

  private static int position(long index, int size) {
    long i = index < 0 ? index + size : index;
    return i >= 0 && i < size ? (int) i : -1;
  }

  /** Null bounds are absent. */
  static Object slice(Object sequence, Long start, Long stop, Long step) {
    long by = step == null ? 1 : step;
    if (by == 0) {
      throw new JinjaException("a slice's step can not be 0");
    }
    if (sequence instanceof String text) {
      Work.requireChars(text.length());
      int[] points = text.codePoints().toArray();
      StringBuilder out = new StringBuilder();
      for (int i : indices(points.length, start, stop, by)) {
        out.appendCodePoint(points[i]);
      }
      return out.toString();
    }
    if (sequence instanceof List<?> list) {
      List<Object> out = new ArrayList<>();
      for (int i : indices(list.size(), start, stop, by)) {
        out.add(list.get(i));
      }
      return list instanceof Tuple ? new Tuple(out) : out;
    }
    throw new JinjaException(Values.typeName(sequence) + " can not be sliced");
  }

  private static List<Integer> indices(int size, Long start, Long stop, long by) {
    long low = by > 0 ? 0 : -1;
    long high = by > 0 ? size : size - 1L;
    long from = start == null ? (by > 0 ? low : high) : bound(start, size, low, high);
    long to = stop == null ? (by > 0 ? high : low) : bound(stop, size, low, high);
    List<Integer> indices = new ArrayList<>();
    for (long i = from; by > 0 ? i < to : i > to; i += by) {
      indices.add((int) i);
    }
    return indices;
  }

  private static long bound(long index, int size, long low, long high) {
    return Math.clamp(index < 0 ? index + size : index, low, high);
  }
}
