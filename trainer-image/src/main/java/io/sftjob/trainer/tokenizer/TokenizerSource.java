package io.sftjob.trainer.tokenizer;

import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import java.util.Optional;

/**
 * All that a checkpoint says about its tokenizer.
 *
 * @param name the file, for messages
 * @param json a tokenizer.json
 * @param vocabulary every token's id
 */
record TokenizerSource(
    String name,
    byte[] json,
    Vocabulary vocabulary,
    SpecialTokens specials,
    Optional<String> chatTemplate) {}
