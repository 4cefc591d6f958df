package io.sftjob.trainer.source;

import java.io.IOException;

/** One kind of file's rows, out of its bytes. */
@FunctionalInterface
interface RowReading extends AutoCloseable {
  /**
   * The next row, or null behind the last.
   *
   * @throws IOException whose message goes on from the file's name
   */
  RawRow next() throws IOException;

  /** Frees what it holds beside the bytes. */
  @Override
  default void close() throws IOException {}
}
