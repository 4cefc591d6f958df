package io.sftjob.trainer.trail;

import java.util.List;

/**
 * A row as the model sees it, in pieces that are either targets of the loss or context.
 *
 * @param rest what is said of the part that is not shown; empty: all is shown
 */
public record FirstRow(List<Piece> pieces, String rest) {
  /** Text of tokens in a row that are all targets, or all not. */
  public record Piece(String text, boolean target) {}

  public FirstRow {
    pieces = List.copyOf(pieces);
  }
}
