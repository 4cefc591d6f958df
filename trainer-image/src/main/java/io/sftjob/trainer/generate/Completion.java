package io.sftjob.trainer.generate;

import java.util.List;

/**
 * @param ids new tokens, the stop token not among them
 * @param end why there are no more
 */
public record Completion(List<Integer> ids, End end) {
  /** Why a completion ended. */
  public enum End {
    StopToken,
    MaxNewTokens,
    /** The model has no more positions. */
    MaxPositions
  }
}
