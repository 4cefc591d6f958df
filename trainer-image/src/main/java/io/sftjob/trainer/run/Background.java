package io.sftjob.trainer.run;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work on another thread while this one does something else. */
final class Background<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Background.class);

  private final FutureTask<T> task;

  private Background(FutureTask<T> task) {
    this.task = task;
  }

  static <T> Background<T> start(String name, Callable<T> work) {
    var task = new FutureTask<>(work);
    Thread.ofPlatform().name(name).daemon().start(task);
    return new Background<>(task);
  }

  /** Waits; what the work threw is thrown here. */
  T get() {
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException known -> throw known;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits, and hands the result over if there is one. */
  void ifMade(Consumer<T> consumer) {
    try {
      consumer.accept(task.get());
    } catch (ExecutionException e) {
      LOG.debug("Nothing was made", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
