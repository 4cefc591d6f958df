package io.sftjob.trainer.data;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizer.Special;
import java.util.Arrays;

/**
 * What ConstantLength needs of a row: eos behind it, once, and its characters (code points, as
 * Python counts). The eos is a target where the token before it is one.
 */
final class ConcatenatedEncoder implements RowEncoder {
  private final RowEncoder encoder;
  private final Tokenizer tokenizer;
  private final int eos;

  ConcatenatedEncoder(RowEncoder encoder, Tokenizer tokenizer) {
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.eos =
        tokenizer
            .specialTokens()
            .eos()
            .map(Special::id)
            .orElseThrow(
                () ->
                    new TrainerException(
                        ExitCode.ModelNotUsable,
                        "packing ConstantLength puts eos between documents, but the checkpoint"
                            + " names none; set eos_token in its tokenizer_config.json, or take"
                            + " another packing.strategy"));
  }

  @Override
  public Encoded encode(Row row) throws UnusableRowException {
    Encoded tokens = encoder.encode(row);
    int characters = characters(row, tokens);
    int length = tokens.length();
    if (length == 0 || tokens.ids()[length - 1] == eos) {
      return new Encoded(tokens.ids(), tokens.targets(), characters);
    }
    int[] ids = Arrays.copyOf(tokens.ids(), length + 1);
    boolean[] targets = Arrays.copyOf(tokens.targets(), length + 1);
    ids[length] = eos;
    targets[length] = targets[length - 1];
    return new Encoded(ids, targets, characters);
  }

  /** Chats and rows that are tokens have the text that the tokens stand for. */
  private int characters(Row row, Encoded tokens) {
    return switch (row) {
      case Row.Text(String text) -> codePoints(text);
      case Row.Completion(String prompt, String completion) ->
          codePoints(prompt) + codePoints(completion);
      default -> codePoints(tokenizer.decode(tokens.ids(), false));
    };
  }

  private static int codePoints(String text) {
    return text.codePointCount(0, text.length());
  }
}
