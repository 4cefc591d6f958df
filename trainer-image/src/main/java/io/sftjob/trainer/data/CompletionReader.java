package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A prompt and its completion: two strings, or two lists of messages. */
final class CompletionReader implements RowReader {
  private final MessagesReader messages;

  CompletionReader(MessagesReader messages) {
    this.messages = messages;
  }

  @Override
  public Row read(ObjectNode row) throws UnusableRowException {
    JsonNode prompt = Fields.required(row, "prompt");
    JsonNode completion = Fields.required(row, "completion");
    if (prompt.isArray() || completion.isArray()) {
      return messages.completion(row);
    }
    return new Row.Completion(
        Fields.string(prompt, "`prompt`"), Fields.string(completion, "`completion`"));
  }
}
