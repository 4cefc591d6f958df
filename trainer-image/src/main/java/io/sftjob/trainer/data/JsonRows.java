package io.sftjob.trainer.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One line of JSON Lines to one object. */
public final class JsonRows {
  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonRows() {}

  static ObjectNode parse(byte[] line) throws UnusableRowException {
    JsonNode node = json(line);
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new UnusableRowException(
        DropReason.NotJson, "is " + typeName(node) + "; expected an object in each line");
  }

  /** A line that holds one string. */
  public static String string(byte[] line) throws UnusableRowException {
    JsonNode node = json(line);
    if (!node.isTextual()) {
      throw new UnusableRowException(
          DropReason.NotJson, "is " + typeName(node) + "; expected a string in each line");
    }
    return Fields.string(node, "the string");
  }

  private static JsonNode json(byte[] line) throws UnusableRowException {
    String text = text(line);
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      int column = e.getLocation() == null ? -1 : e.getLocation().getColumnNr();
      throw new UnusableRowException(
          DropReason.NotJson,
          "is not JSON: %s%s"
              .formatted(e.getOriginalMessage(), column > 0 ? " (column " + column + ")" : ""));
    }
  }

  private static String text(byte[] line) throws UnusableRowException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    } catch (CharacterCodingException e) {
      throw new UnusableRowException(DropReason.NotJson, "is not UTF-8");
    }
  }

  /** Strings, booleans, longs, doubles, null, lists and maps, as templates take them. */
  static Object plain(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER ->
          node.isIntegralNumber()
              ? (node.canConvertToLong() ? (Object) node.longValue() : node.bigIntegerValue())
              : (Object) node.doubleValue();
      case ARRAY -> {
        List<Object> list = new ArrayList<>();
        node.forEach(item -> list.add(plain(item)));
        yield list;
      }
      case OBJECT -> map(node);
      default -> null;
    };
  }

  static Map<String, Object> map(JsonNode object) {
    Map<String, Object> map = new LinkedHashMap<>();
    object.properties().forEach(e -> map.put(e.getKey(), plain(e.getValue())));
    return map;
  }

  static String typeName(JsonNode node) {
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
