package io.sftjob.trainer.source;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A row whose fields are known already. */
record Parsed(RowOrigin origin, int size, ObjectNode fields) implements RawRow {}
