package io.sftjob.trainer.data;

import java.util.List;

/** Puts documents into rows as they come. Used by one thread. */
interface Placement {
  /** Hears where the tokens of all documents went. */
  interface Rows {
    /**
     * @param fragments at least one, with at least one target among them
     */
    void row(List<Fragment> fragments);

    /** These tokens of a document are in no row. */
    void left(DropReason reason, int document, int tokens);
  }

  /**
   * @param document number
   * @param start of its first token among all tokens
   */
  void add(int document, long start, Encoded tokens);

  /** No more documents come. */
  void end();

  /**
   * @param seed of the shuffle that ConstantLength does
   */
  static Placement of(Packing packing, long seed, Rows rows) {
    return switch (packing) {
      case Packing.None none -> new OneByOne(none.maxLength(), rows);
      case Packing.Bfd bfd -> new BestFit(bfd.maxLength(), bfd.window(), false, rows);
      case Packing.BfdSplit bfd -> new BestFit(bfd.maxLength(), bfd.window(), true, rows);
      case Packing.Wrapped wrapped -> new Wrapping(wrapped, rows);
      case Packing.ConstantLength buffers -> new Buffering(buffers, new PythonRandom(seed), rows);
    };
  }
}
