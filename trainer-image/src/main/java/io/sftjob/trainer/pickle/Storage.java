package io.sftjob.trainer.pickle;

/**
 * A flat run of elements in the archive.
 *
 * @param key its entry is {@code data/<key>}
 */
record Storage(ElementType type, String key, long elements) {}
