package io.sftjob.trainer.source;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.source.Lines.Line;
import io.sftjob.trainer.source.RowOrigin.By;

/**
 * Plain text: each line is a row with the field {@code text}, the empty ones too, as the loader
 * "text" of Hugging Face's datasets has it.
 */
record TextReading(String file, Lines lines) implements RowReading {
  private record TextLine(RowOrigin origin, byte[] bytes) implements RawRow {
    @Override
    public int size() {
      return bytes.length;
    }

    @Override
    public ObjectNode fields() throws MalformedRowException {
      return JsonNodeFactory.instance.objectNode().put("text", Utf8.text(bytes, 0, bytes.length));
    }
  }

  @Override
  public RawRow next() {
    Line line = lines.next();
    return line == null
        ? null
        : new TextLine(new RowOrigin(file, By.Line, line.number()), line.bytes());
  }
}
