package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import java.util.Arrays;
import java.util.Optional;

/**
 * Text rows: every token is a target. The text ends with exactly one eos of ours, if it does not
 * end with one already, and begins with bos where the checkpoint wants one, never with two.
 */
final class TextEncoder implements RowEncoder {
  private final Tokenizer tokenizer;
  private final int eos;
  private final Optional<Integer> bos;

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
    this.bos = specials.addsBos() ? specials.bos().map(Special::id) : Optional.empty();
  }

  @Override
  public Encoded encode(Row row) throws UnusableRowException {
    String text = ((Row.Text) row).text();
    if (text.isEmpty()) {
      throw new UnusableRowException(DropReason.Empty, "the text is empty");
    }
    int[] ids = tokenizer.encode(text).ids();
    int prefix = bos.isPresent() && (ids.length == 0 || ids[0] != bos.get()) ? 1 : 0;
    int suffix = ids.length == 0 || ids[ids.length - 1] != eos ? 1 : 0;
    int[] whole = new int[prefix + ids.length + suffix];
    if (prefix == 1) {
      whole[0] = bos.get();
    }
    System.arraycopy(ids, 0, whole, prefix, ids.length);
    if (suffix == 1) {
      whole[whole.length - 1] = eos;
    }
    boolean[] targets = new boolean[whole.length];
    Arrays.fill(targets, true);
    return new Encoded(whole, targets);
  }
}
