package io.sftjob.trainer.source;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.sftjob.trainer.source.RowOrigin.By;
import java.io.IOException;
import java.io.InputStream;

/** One array of objects. Behind a fault in its JSON nothing can be read any more. */
final class JsonArrayReading implements RowReading {
  private static final ObjectReader ROWS =
      Json.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final String file;
  private final JsonParser parser;
  private long rows;

  private JsonArrayReading(String file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  static JsonArrayReading open(String file, InputStream content) throws IOException {
    var parser = Json.MAPPER.createParser(content);
    // Closed by its owner, who hashes what lies behind the array too.
    parser.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
    var reading = new JsonArrayReading(file, parser);
    if (reading.token() != JsonToken.START_ARRAY) {
      throw new IOException("holds no JSON array");
    }
    return reading;
  }

  @Override
  public RawRow next() throws IOException {
    JsonToken token = token();
    if (token == JsonToken.END_ARRAY) {
      if (token() != null) {
        throw new IOException(
            "goes on behind the end of its array, on line " + parser.currentLocation().getLineNr());
      }
      return null;
    }
    if (token == null) {
      return null;
    }
    rows++;
    long from = parser.currentTokenLocation().getByteOffset();
    JsonNode value = value();
    var origin = new RowOrigin(file, By.Row, rows);
    try {
      return new Parsed(
          origin,
          (int) Math.min(Integer.MAX_VALUE, parser.currentLocation().getByteOffset() - from),
          Json.object(value, ""));
    } catch (MalformedRowException e) {
      return new Broken(origin, e.getMessage());
    }
  }

  private JsonToken token() throws IOException {
    try {
      return parser.nextToken();
    } catch (JsonProcessingException e) {
      throw explained(e, rows + 1);
    }
  }

  private JsonNode value() throws IOException {
    try {
      return ROWS.readTree(parser);
    } catch (JsonProcessingException e) {
      throw explained(e, rows);
    }
  }

  private static IOException explained(JsonProcessingException e, long row) {
    int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
    int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
    return new IOException(
        e.getOriginalMessage().startsWith("Unexpected end-of-input")
            ? "is cut off in row %d, at line %d: the array does not end".formatted(row, line)
            : "is not JSON in row %d, at line %d, column %d: %s"
                .formatted(row, line, column, e.getOriginalMessage()),
        e);
  }
}
