package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.concurrent.Await;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Saves checkpoints beside the next training steps, at most one at a time. A failed save is a
 * failed run: it is thrown by the next call. Used by one thread.
 */
public final class Saver implements AutoCloseable {
  private final CheckpointWriter writer;
  private final Consumer<List<Checkpoints.Found>> saved;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("checkpoint").factory());
  private Future<Checkpoints.Found> inFlight;
  private Optional<Checkpoints.Found> last = Optional.empty();

  /**
   * @param saved hears after each save of all that are kept, on the saving thread
   */
  public Saver(CheckpointWriter writer, Consumer<List<Checkpoints.Found>> saved) {
    this.writer = writer;
    this.saved = saved;
  }

  /** Starts a save, once the one before is done. */
  public void start(SaveRequest request) {
    await();
    inFlight = thread.submit(() -> save(request));
  }

  /** Throws if a save has failed; does not wait. */
  public void check() {
    if (inFlight != null && inFlight.isDone()) {
      await();
    }
  }

  /** Waits for the save that is under way. */
  public void await() {
    if (inFlight == null) {
      return;
    }
    var save = inFlight;
    inFlight = null;
    last = Optional.of(Await.result(save, "a checkpoint was being saved"));
  }

  /** The newest of this process that is known to be committed. */
  public Optional<Checkpoints.Found> last() {
    return last;
  }

  /**
   * Waits for the save that is under way; its failure is dropped, as a run that closes early has
   * one.
   */
  @Override
  public void close() {
    thread.close();
  }

  private Checkpoints.Found save(SaveRequest request) {
    var kept = writer.write(request);
    saved.accept(kept);
    return kept.getLast();
  }
}
