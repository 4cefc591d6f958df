package io.sftjob.trainer.data;

/**
 * A part of a document that is packed as one.
 *
 * @param document index
 * @param offset of its first token in the document
 */
public record Fragment(int document, int offset, int length) {}
