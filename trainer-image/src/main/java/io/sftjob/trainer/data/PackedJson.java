package io.sftjob.trainer.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Packed rows as JSON Lines, a row a line, in transformers' words. Four lists, as long as the row:
 *
 * <ul>
 *   <li>{@code input_ids}: the tokens;
 *   <li>{@code labels}: the token where it is a target, else -100; not shifted;
 *   <li>{@code position_ids}: 0, 1, …, from 0 again in each document;
 *   <li>{@code segment_ids}: the document's place in its row, from 0; no document attends to
 *       another.
 * </ul>
 */
public final class PackedJson {
  /** Not a target: what PyTorch's cross-entropy ignores. */
  static final int IGNORED = -100;

  private static final JsonFactory JSON = new JsonFactory();

  private PackedJson() {}

  /** Hears how many rows are written. */
  public interface Listener {
    void written(long rows);
  }

  /** Writes all rows, one at a time, and leaves the stream open. */
  public static void write(OutputStream out, List<PackedRow> rows, Listener listener)
      throws IOException {
    try (var json = JSON.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.setRootValueSeparator(null);
      long written = 0;
      for (PackedRow row : rows) {
        write(json, row);
        json.writeRaw('\n');
        listener.written(++written);
      }
    }
  }

  private static void write(JsonGenerator json, PackedRow row) throws IOException {
    int length = row.length();
    int[] ids = new int[length];
    int[] labels = new int[length];
    int[] positions = new int[length];
    int[] segments = new int[length];
    int at = 0;
    int segment = 0;
    for (Document document : row.documents()) {
      for (int i = 0; i < document.length(); i++, at++) {
        ids[at] = document.ids()[i];
        labels[at] = document.targets()[i] ? document.ids()[i] : IGNORED;
        positions[at] = i;
        segments[at] = segment;
      }
      segment++;
    }
    json.writeStartObject();
    array(json, "input_ids", ids);
    array(json, "labels", labels);
    array(json, "position_ids", positions);
    array(json, "segment_ids", segments);
    json.writeEndObject();
  }

  private static void array(JsonGenerator json, String name, int[] values) throws IOException {
    json.writeFieldName(name);
    json.writeArray(values, 0, values.length);
  }
}
