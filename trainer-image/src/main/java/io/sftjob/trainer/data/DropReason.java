package io.sftjob.trainer.data;

/** Why a row, or a part of one, trains nothing. The names stand in status. */
public enum DropReason {
  Malformed("no row of its kind of file"),
  MissingField("a field is missing"),
  WrongType("a field has the wrong type"),
  UnknownRole("a role is unknown"),
  Empty("there is nothing in it"),
  NotInFormat("the chat format has no words for it"),
  TemplateRefused("the chat template refuses it"),
  TurnsNotFound("the assistant's turns can not be found in the rendered text"),
  LeftOut("left out by the weight of their source"),
  Duplicate("the same tokens and targets as an earlier row"),
  NoTargets("no token is a target of the loss"),
  /** Only a part of a row: what stands in a document behind maxLength. */
  TooLong("longer than packing.maxLength; the rest is cut off"),
  /** Only a part of a row: of a document that several packed rows or none would hold. */
  FragmentWithoutTargets("parts of documents without a target"),
  /** Only a part of a row: the tail of a buffer. */
  Remainder("the tail of a buffer, which fills no row");

  private final String description;

  DropReason(String description) {
    this.description = description;
  }

  public String description() {
    return description;
  }
}
