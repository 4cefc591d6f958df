package io.sftjob.trainer.source;

/**
 * The rows of one file, in its order, read as a stream: memory does not grow with the file. Used by
 * one thread. What makes the rest of the file unreadable is a {@code TrainerException}.
 */
public interface RowSource extends AutoCloseable {
  /** The next row, or null behind the last. */
  RawRow next();

  /** How far in the file this is, of its size on disk. */
  long bytesRead();

  /** SHA-256 of the whole file, in lower-case hex; to be asked behind the last row. */
  String sha256();

  @Override
  void close();
}
