package io.sftjob.trainer.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map.Entry;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * TRL's {@code bfd_split}: documents longer than a row are cut, then best fit decreasing. Within a
 * window of documents the longest comes first (equal lengths in their order); each goes to the row
 * with the least free space that holds it, the oldest among equals; O(n log n).
 */
public final class BfdSplit {
  /**
   * Documents that are packed together. TRL's is 1000, the batch size of datasets.map; a larger
   * window leaves less room unused and costs a few bytes per document.
   */
  public static final int WINDOW = 100_000;

  private BfdSplit() {}

  /**
   * @param lengths tokens of each document
   * @param maxLength tokens in a row
   * @param window documents packed together
   * @param keep fragments for which it is false are left out
   * @return rows, in the order they were begun
   */
  public static List<List<Fragment>> pack(
      int[] lengths, int maxLength, int window, Predicate<Fragment> keep) {
    List<List<Fragment>> rows = new ArrayList<>();
    for (int from = 0; from < lengths.length; from += window) {
      int to = Math.min(lengths.length, from + window);
      List<Fragment> fragments = split(lengths, from, to, maxLength, keep);
      fragments.sort(Comparator.comparingInt(Fragment::length).reversed());
      rows.addAll(bestFit(fragments, maxLength));
    }
    return rows;
  }

  private static List<Fragment> split(
      int[] lengths, int from, int to, int maxLength, Predicate<Fragment> keep) {
    List<Fragment> fragments = new ArrayList<>();
    for (int document = from; document < to; document++) {
      for (int offset = 0; offset < lengths[document]; offset += maxLength) {
        int length = Math.min(maxLength, lengths[document] - offset);
        Fragment fragment = new Fragment(document, offset, length);
        if (keep.test(fragment)) {
          fragments.add(fragment);
        }
      }
    }
    return fragments;
  }

  private static List<List<Fragment>> bestFit(List<Fragment> fragments, int maxLength) {
    List<List<Fragment>> rows = new ArrayList<>();
    TreeMap<Integer, Deque<List<Fragment>>> rowsByFreeSpace = new TreeMap<>();
    for (Fragment fragment : fragments) {
      Entry<Integer, Deque<List<Fragment>>> fitting =
          rowsByFreeSpace.ceilingEntry(fragment.length());
      int free = maxLength;
      List<Fragment> row;
      if (fitting == null) {
        row = new ArrayList<>();
        rows.add(row);
      } else {
        free = fitting.getKey();
        row = fitting.getValue().poll();
        if (fitting.getValue().isEmpty()) {
          rowsByFreeSpace.remove(free);
        }
      }
      row.add(fragment);
      int rest = free - fragment.length();
      if (rest > 0) {
        rowsByFreeSpace.computeIfAbsent(rest, k -> new ArrayDeque<>()).add(row);
      }
    }
    return rows;
  }
}
