package io.sftjob.trainer.concurrent;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work on another thread while this one does something else. */
public final class Background<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Background.class);

  private final String name;
  private final FutureTask<T> task;

  private Background(String name, FutureTask<T> task) {
    this.name = name;
    this.task = task;
  }

  public static <T> Background<T> start(String name, Callable<T> work) {
    var task = new FutureTask<>(work);
    Thread.ofPlatform().name(name).daemon().start(task);
    return new Background<>(name, task);
  }

  /** Waits; what the work threw is thrown here. */
  public T get() {
    return Await.result(task, "waiting for " + name);
  }

  /** Waits, and hands the result over if there is one. */
  public void ifMade(Consumer<T> consumer) {
    try {
      consumer.accept(task.get());
    } catch (ExecutionException e) {
      LOG.debug("Nothing was made", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
