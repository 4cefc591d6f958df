package io.sftjob.trainer.trail;

import java.util.List;

/** A row as the model sees it, in pieces that are either targets of the loss or context. */
public record FirstRow(List<Piece> pieces) {
  /** Text of tokens in a row that are all targets, or all not. */
  public record Piece(String text, boolean target) {}

  public FirstRow {
    pieces = List.copyOf(pieces);
  }
}
