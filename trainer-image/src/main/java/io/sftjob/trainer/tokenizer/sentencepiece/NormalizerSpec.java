package io.sftjob.trainer.tokenizer.sentencepiece;

import java.util.Optional;

/**
 * How a text is rewritten before it is cut (sentencepiece_model.proto, NormalizerSpec).
 *
 * @param charsmap the compiled rules; without them characters stay as they are
 * @param addDummyPrefix a blank is put before the text
 * @param removeExtraWhitespaces blanks at both ends go, runs of them become one
 * @param escapeWhitespaces a blank is written ▁
 */
public record NormalizerSpec(
    Optional<Charsmap> charsmap,
    boolean addDummyPrefix,
    boolean removeExtraWhitespaces,
    boolean escapeWhitespaces) {}
