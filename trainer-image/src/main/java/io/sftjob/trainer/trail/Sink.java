package io.sftjob.trainer.trail;

import java.io.IOException;
import java.util.List;

/**
 * Keeps or shows what a run measures. All calls come from one thread, beside the training. A sink
 * that throws is named in the log and called no more.
 */
public interface Sink {
  /** For the log: a file's name. */
  String name();

  /**
   * Comes first.
   *
   * @param earlier what earlier processes of the run have measured, in order, up to the step that
   *     this one goes on from
   */
  void begin(RunFacts facts, List<Measurement> earlier, Cut cut) throws IOException;

  void add(Measurement measurement) throws IOException;

  /** Makes durable what was added; a checkpoint is about to be committed. */
  default void sync() throws IOException {}

  /** Comes last, even if no step was made. */
  void end(Ending ending) throws IOException;
}
