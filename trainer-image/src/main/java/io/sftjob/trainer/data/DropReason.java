package io.sftjob.trainer.data;

/** Why a row, or a fragment of one, trains nothing. */
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
  /** Only a part of a row: of a document longer than a packed row. */
  FragmentWithoutTargets("fragments of long documents without a target");

  private final String description;

  DropReason(String description) {
    this.description = description;
  }

  public String description() {
    return description;
  }
}
