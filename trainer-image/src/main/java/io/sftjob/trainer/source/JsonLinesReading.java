package io.sftjob.trainer.source;

import io.sftjob.trainer.source.Lines.Line;
import io.sftjob.trainer.source.RowOrigin.By;

/** One JSON object in each line; blank lines are no rows, but keep their number. */
record JsonLinesReading(String file, Lines lines) implements RowReading {
  @Override
  public RawRow next() {
    Line line = lines.nextFilled();
    return line == null
        ? null
        : new JsonLine(new RowOrigin(file, By.Line, line.number()), line.bytes());
  }
}
