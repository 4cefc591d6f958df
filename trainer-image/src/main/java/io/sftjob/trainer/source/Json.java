package io.sftjob.trainer.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON as rows have it: strings of any length. */
public final class Json {
  static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  /** A line that holds one object. */
  public static ObjectNode object(byte[] line) throws MalformedRowException {
    return object(value(line), " in each line");
  }

  static ObjectNode object(JsonNode value, String where) throws MalformedRowException {
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw new MalformedRowException(
        "is %s; expected an object%s".formatted(typeName(value), where));
  }

  /** A line that holds one value. */
  public static JsonNode value(byte[] line) throws MalformedRowException {
    String text = Utf8.text(line, 0, line.length);
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      int column = e.getLocation() == null ? -1 : e.getLocation().getColumnNr();
      throw new MalformedRowException(
          "is not JSON: %s%s"
              .formatted(e.getOriginalMessage(), column > 0 ? " (column " + column + ")" : ""));
    }
  }

  /** With its article, for messages. */
  public static String typeName(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> "a string";
      case BOOLEAN -> "a boolean";
      case NUMBER -> "a number";
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case NULL -> "null";
      default -> "nothing";
    };
  }
}
