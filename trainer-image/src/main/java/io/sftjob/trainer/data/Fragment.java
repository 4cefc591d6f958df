package io.sftjob.trainer.data;

/**
 * A part of a document in a row.
 *
 * @param document number
 * @param start of its first token among all tokens
 * @param length in tokens
 * @param targets in it that its row trains on
 */
record Fragment(int document, long start, int length, int targets) {}
