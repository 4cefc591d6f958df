package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Alpaca's rows, in its published prompt (tatsu-lab/alpaca, the column {@code text}): an
 * instruction, mostly an input, and an output.
 */
final class AlpacaReader implements RowReader {
  private static final String WITH_INPUT =
      "Below is an instruction that describes a task, paired with an input that provides further"
          + " context. Write a response that appropriately completes the request.\n\n"
          + "### Instruction:\n%s\n\n### Input:\n%s\n\n### Response:\n";
  private static final String WITHOUT_INPUT =
      "Below is an instruction that describes a task. Write a response that appropriately completes"
          + " the request.\n\n### Instruction:\n%s\n\n### Response:\n";

  @Override
  public Row read(ObjectNode row) throws UnusableRowException {
    String instruction = Fields.requiredString(row, "instruction");
    String input = Fields.optionalString(row, "input");
    String output = Fields.requiredString(row, "output");
    if (instruction.isEmpty()) {
      throw new UnusableRowException(DropReason.Empty, "`instruction` is empty");
    }
    return new Row.Completion(
        input.isEmpty()
            ? WITHOUT_INPUT.formatted(instruction)
            : WITH_INPUT.formatted(instruction, input),
        output);
  }
}
