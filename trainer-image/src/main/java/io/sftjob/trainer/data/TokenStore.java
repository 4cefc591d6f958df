package io.sftjob.trainer.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tokens of all documents in memory, five bytes each, in chunks so that growing copies nothing. */
final class TokenStore implements Tokens {
  private static final int CHUNK = 1 << 20;

  private final List<int[]> ids = new ArrayList<>();
  private final List<boolean[]> targets = new ArrayList<>();
  private long size;
  private long[] starts = new long[1024];
  private int documents;

  void add(Encoded encoded) {
    if (documents + 1 >= starts.length) {
      starts = Arrays.copyOf(starts, Math.multiplyExact(starts.length, 2));
    }
    int[] from = encoded.ids();
    for (int done = 0; done < from.length; ) {
      int at = (int) (size % CHUNK);
      if (at == 0) {
        ids.add(new int[CHUNK]);
        targets.add(new boolean[CHUNK]);
      }
      int n = Math.min(from.length - done, CHUNK - at);
      System.arraycopy(from, done, ids.getLast(), at, n);
      System.arraycopy(encoded.targets(), done, targets.getLast(), at, n);
      done += n;
      size += n;
    }
    starts[++documents] = size;
  }

  int documents() {
    return documents;
  }

  long start(int document) {
    return starts[document];
  }

  int[] lengths() {
    int[] lengths = new int[documents];
    for (int i = 0; i < documents; i++) {
      lengths[i] = Math.toIntExact(starts[i + 1] - starts[i]);
    }
    return lengths;
  }

  /** Targets in a part, its first token left out. */
  int countTargets(long start, int length) {
    int count = 0;
    for (long i = start + 1; i < start + length; i++) {
      count += targets.get((int) (i / CHUNK))[(int) (i % CHUNK)] ? 1 : 0;
    }
    return count;
  }

  @Override
  public Document document(long start, int length) {
    int[] outIds = new int[length];
    boolean[] outTargets = new boolean[length];
    for (int done = 0; done < length; ) {
      int chunk = (int) ((start + done) / CHUNK);
      int at = (int) ((start + done) % CHUNK);
      int n = Math.min(length - done, CHUNK - at);
      System.arraycopy(ids.get(chunk), at, outIds, done, n);
      System.arraycopy(targets.get(chunk), at, outTargets, done, n);
      done += n;
    }
    outTargets[0] = false;
    return new Document(outIds, outTargets);
  }
}
