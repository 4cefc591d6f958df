package io.sftjob.trainer.data;

/** A row to tokens with a target mask. Thread-safe. */
@FunctionalInterface
interface RowEncoder {
  Encoded encode(Row row) throws UnusableRowException;
}
