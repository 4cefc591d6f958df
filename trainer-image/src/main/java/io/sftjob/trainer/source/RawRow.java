package io.sftjob.trainer.source;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A row as a file has it. May be used by another thread than the one that read it. */
public interface RawRow {
  RowOrigin origin();

  /** About how many bytes it holds in memory. */
  int size();

  /** Its fields; called once. */
  ObjectNode fields() throws MalformedRowException;
}
