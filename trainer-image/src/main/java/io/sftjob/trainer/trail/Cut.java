package io.sftjob.trainer.trail;

/**
 * How far the checkpoint that a process goes on from has come. What was measured beyond it is
 * measured again.
 *
 * @param step optimizer steps in the checkpoint
 * @param evaluation step of the newest evaluation in it; 0: none
 */
public record Cut(long step, long evaluation) {
  /** There is no checkpoint. */
  public static final Cut ALL = new Cut(0, 0);

  boolean keeps(Measurement measurement) {
    return measurement.step()
        <= switch (measurement.kind()) {
          case Train -> step;
          case Evaluation -> evaluation;
        };
  }
}
