package io.sftjob.trainer.source;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A line of JSON Lines. */
record JsonLine(RowOrigin origin, byte[] bytes) implements RawRow {
  @Override
  public int size() {
    return bytes.length;
  }

  @Override
  public ObjectNode fields() throws MalformedRowException {
    return Json.object(bytes);
  }
}
