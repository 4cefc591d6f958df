package io.sftjob.trainer.data;

import io.sftjob.trainer.source.DataDigest;
import io.sftjob.trainer.source.DataFile;
import io.sftjob.trainer.source.Found;
import io.sftjob.trainer.source.Found.Part;
import io.sftjob.trainer.source.RawRow;
import io.sftjob.trainer.source.RowSource;
import io.sftjob.trainer.source.RowSources;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The rows of a data set one after the other, each with what becomes of it. A source of weight 2.5
 * is read three times, the last time half of it. Used by one thread.
 */
final class SetReader implements AutoCloseable {
  /** What becomes of a row. */
  enum Use {
    Train,
    Eval,
    /** By its source's weight. */
    LeftOut
  }

  /**
   * @param place among all rows of the data set, from 0; the same each time that it is read
   * @param pass 0 for the first time
   */
  record Taken(RawRow row, long place, int pass, Use use) {}

  /** A time that a source is read. */
  private record Pass(Part part, int number) {
    /** The part of the rows that is used. */
    double share() {
      return Math.min(1, part.weight() - number);
    }
  }

  private final long seed;
  private final double evalFraction;
  private final Iterator<Pass> passes;
  private final long bytesTotal;
  private final DataDigest digest = new DataDigest();
  private Pass pass;
  private Iterator<DataFile> files = List.<DataFile>of().iterator();
  private DataFile file;
  private RowSource source;
  private long bytesBefore;
  private long passBegin;
  private long place;

  /**
   * @param evalFraction of the rows that are kept for evaluation
   */
  SetReader(Found found, long seed, double evalFraction) {
    this.seed = seed;
    this.evalFraction = evalFraction;
    List<Pass> all = new ArrayList<>();
    long bytes = 0;
    for (Part part : found.parts()) {
      int times = (int) Math.ceil(part.weight());
      bytes += times * part.bytes();
      for (int number = 0; number < times; number++) {
        all.add(new Pass(part, number));
      }
    }
    this.passes = all.iterator();
    this.bytesTotal = bytes;
  }

  /** The next row, or null. */
  Taken next() {
    while (source != null || open()) {
      RawRow row = source.next();
      if (row == null) {
        closeFile();
        continue;
      }
      Use use = use(place);
      place++;
      if (use != null) {
        return new Taken(row, place - 1, pass.number(), use);
      }
    }
    return null;
  }

  /** Null: it has been read before, and is not used again. */
  private Use use(long row) {
    boolean first = pass.number() == 0;
    if (Draws.eval(seed, row) < evalFraction) {
      return first ? Use.Eval : null;
    }
    if (Draws.weight(seed, row) < pass.share()) {
      return Use.Train;
    }
    return first ? Use.LeftOut : null;
  }

  private boolean open() {
    while (!files.hasNext()) {
      if (!passes.hasNext()) {
        return false;
      }
      pass = passes.next();
      if (pass.number() == 0) {
        passBegin = place;
      }
      place = passBegin;
      files = pass.part().files().iterator();
    }
    file = files.next();
    source = RowSources.open(file);
    return true;
  }

  private void closeFile() {
    if (pass.number() == 0) {
      digest.add(pass.part().weight(), file, source.sha256());
    }
    bytesBefore += source.bytesRead();
    source.close();
    source = null;
  }

  /** Of all files, as often as they are read. */
  long bytesRead() {
    return bytesBefore + (source == null ? 0 : source.bytesRead());
  }

  long bytesTotal() {
    return bytesTotal;
  }

  /** Of all that was read; to be asked behind the last row. */
  String digest() {
    return digest.hex();
  }

  @Override
  public void close() {
    if (source != null) {
      source.close();
    }
  }
}
