package io.sftjob.trainer.model;

/** Told how far the loading of a model has come. */
@FunctionalInterface
public interface LoadListener {
  /** For callers that do not care. */
  LoadListener NONE = (done, total) -> {};

  void loaded(long bytesDone, long bytesTotal);
}
