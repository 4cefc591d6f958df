package io.sftjob.trainer.chat;

/** Why a conversation can not be said. */
public enum Refusal {
  /** A role that the format does not know. */
  UnknownRole,
  /** A message says nothing. */
  Empty,
  /** The format has no words for it: an order of turns, a tool call. */
  NotInFormat,
  /** The chat template raises an error. */
  TemplateRefused,
  /** Which part of the text the assistant says is not known for sure. */
  TurnsNotFound
}
