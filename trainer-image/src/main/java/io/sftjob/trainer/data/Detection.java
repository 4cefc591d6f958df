package io.sftjob.trainer.data;

import java.util.List;

/**
 * What Auto and absent settings became, with the reasons, for the log.
 *
 * @param format Text or Messages
 * @param notes sentences for people, warnings among them
 */
public record Detection(RowFormat format, LossOn loss, List<String> notes) {
  public Detection {
    notes = List.copyOf(notes);
  }
}
