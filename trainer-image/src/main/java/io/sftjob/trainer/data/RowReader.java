package io.sftjob.trainer.data;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Checks a row's fields. Thread-safe. */
@FunctionalInterface
interface RowReader {
  Row read(ObjectNode row) throws UnusableRowException;

  static RowReader text(String field) {
    return row -> new Row.Text(Fields.requiredString(row, field));
  }
}
