package io.sftjob.trainer.data;

/** Hears how far a preparation is, on the thread that called it. What it throws stops the work. */
@FunctionalInterface
public interface ProgressListener {
  void progress(long rowsDone, long bytesDone, long bytesTotal);
}
