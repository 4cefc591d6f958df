package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import java.util.Arrays;

/**
 * Text rows: every token behind the prefix is a target. The text ends with exactly one eos of ours,
 * if it does not end with one already, and begins as the checkpoint wants it (mostly with bos),
 * never twice.
 */
final class TextEncoder implements RowEncoder {
  private final Tokenizer tokenizer;
  private final int eos;
  private final int[] prefix;

  TextEncoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
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

  @Override
  public Encoded encode(Row row) throws UnusableRowException {
    String text = ((Row.Text) row).text();
    if (text.isEmpty()) {
      throw new UnusableRowException(DropReason.Empty, "the text is empty");
    }
    int[] ids = tokenizer.encode(text).ids();
    int start = startsWith(ids, prefix) ? 0 : prefix.length;
    int suffix = ids.length == 0 || ids[ids.length - 1] != eos ? 1 : 0;
    int[] whole = Arrays.copyOf(prefix, start + ids.length + suffix);
    System.arraycopy(ids, 0, whole, start, ids.length);
    if (suffix == 1) {
      whole[whole.length - 1] = eos;
    }
    boolean[] targets = new boolean[whole.length];
    Arrays.fill(targets, prefix.length, targets.length, true);
    return new Encoded(whole, targets);
  }

  private static boolean startsWith(int[] ids, int[] prefix) {
    return ids.length >= prefix.length
        && Arrays.equals(ids, 0, prefix.length, prefix, 0, prefix.length);
  }
}
