package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import java.util.Arrays;

/**
 * How a plain text begins and ends: as the checkpoint wants it (mostly with bos), never twice, and
 * with exactly one eos of ours, if it does not end with one already. Nothing of the beginning is a
 * target; the eos is.
 */
final class TextEnds {
  private final int eos;
  private final int[] prefix;

  TextEnds(Tokenizer tokenizer) {
    var specials = tokenizer.specialTokens();
    this.eos =
        specials
            .eos()
            .map(Special::id)
            .orElseThrow(
                () ->
                    new TrainerException(
                        ExitCode.ModelNotUsable,
                        "the checkpoint names no eos token, so a text could never end; set"
                            + " eos_token in its tokenizer_config.json"));
    this.prefix = specials.prefixIds().stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * @param first index in {@code ids} of the first target
   */
  Encoded close(int[] ids, int first) {
    boolean begun = startsWith(ids, prefix);
    int start = begun ? 0 : prefix.length;
    int suffix = ids.length == 0 || ids[ids.length - 1] != eos ? 1 : 0;
    int[] whole = Arrays.copyOf(prefix, start + ids.length + suffix);
    System.arraycopy(ids, 0, whole, start, ids.length);
    if (suffix == 1) {
      whole[whole.length - 1] = eos;
    }
    boolean[] targets = new boolean[whole.length];
    Arrays.fill(targets, Math.max(prefix.length, start + first), targets.length, true);
    return new Encoded(whole, targets);
  }

  private static boolean startsWith(int[] ids, int[] prefix) {
    return ids.length >= prefix.length
        && Arrays.equals(ids, 0, prefix.length, prefix, 0, prefix.length);
  }
}
