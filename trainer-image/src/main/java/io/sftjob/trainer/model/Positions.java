package io.sftjob.trainer.model;

/** How a decoder tells positions apart. */
public sealed interface Positions permits Rotary, Alibi {}
