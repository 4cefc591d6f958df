package io.sftjob.trainer.concurrent;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waiting for work on another thread. */
public final class Await {
  private Await() {}

  /**
   * Waits; what the work threw is thrown here, as it is.
   *
   * @param during what was going on, for the message of an interrupt: "the data was prepared"
   */
  public static <T> T result(Future<T> work, String during) {
    try {
      return work.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException known -> throw known;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + during, e);
    }
  }
}
