package io.sftjob.trainer.tokenizer;

import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.util.Optional;

/**
 * All that a checkpoint says about its tokenizer.
 *
 * @param name the file, for messages
 * @param json a tokenizer.json
 * @param vocabSize one more than the largest id
 */
record TokenizerSource(
    String name,
    byte[] json,
    int vocabSize,
    SpecialTokens specials,
    Optional<String> chatTemplate) {}
