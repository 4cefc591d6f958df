package io.sftjob.trainer.model;

import io.sftjob.api.v1alpha1.ModelDtype;

/** Told how far the loading of a model has come. */
@FunctionalInterface
public interface LoadListener {
  /** For callers that do not care. */
  LoadListener NONE = (done, total) -> {};

  /**
   * Told what the files' headers say, before a weight is read.
   *
   * @param dtype of computation; never Auto
   */
  default void opened(Checkpoint checkpoint, ModelDtype dtype) {}

  void loaded(long bytesDone, long bytesTotal);
}
