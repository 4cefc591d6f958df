package io.sftjob.trainer.source;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A row that its file's form does not allow. */
record Broken(RowOrigin origin, String message) implements RawRow {
  @Override
  public int size() {
    return message.length();
  }

  @Override
  public ObjectNode fields() throws MalformedRowException {
    throw new MalformedRowException(message);
  }
}
