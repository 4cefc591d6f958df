package io.sftjob.trainer.train;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A run in progress: each call is one optimizer step. Used by one thread. */
public interface TrainingSession extends AutoCloseable {
  /** Optimizer steps done. */
  long step();

  /** Passes over the data done. */
  double epoch();

  long totalSteps();

  /**
   * Runs the next optimizer step. Empty if {@code stop} became true between two layers: the begun
   * window is discarded, and the state is that of the last whole step.
   */
  Optional<StepResult> next(BooleanSupplier stop);

  /** Mean loss over the evaluation rows; empty if there are none or {@code stop} became true. */
  Optional<EvalResult> evaluate(BooleanSupplier stop);

  /**
   * A copy of everything a resume needs; safe to write on another thread while training goes on.
   */
  TrainState snapshot();

  @Override
  void close();
}
