package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.trainer.source.Json;
import io.sftjob.trainer.source.MalformedRowException;

/** A line of JSON that is one string. */
public final class StringRow {
  private StringRow() {}

  public static String of(byte[] line) throws UnusableRowException {
    JsonNode value;
    try {
      value = Json.value(line);
    } catch (MalformedRowException e) {
      throw new UnusableRowException(DropReason.Malformed, e.getMessage());
    }
    if (!value.isTextual()) {
      throw new UnusableRowException(
          DropReason.Malformed, "is " + Json.typeName(value) + "; expected a string in each line");
    }
    return Fields.string(value, "the string");
  }
}
