package io.sftjob.trainer.data;

/** Packed rows and where their tokens came from. */
record PackedSet(PackedRows rows, Ledger ledger) {}
