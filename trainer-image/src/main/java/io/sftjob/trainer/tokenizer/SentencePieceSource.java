package io.sftjob.trainer.tokenizer;

import io.sftjob.trainer.tokenizer.Tokenizer.SpecialTokens;
import io.sftjob.trainer.tokenizer.sentencepiece.SentencePieceModel;
import java.util.List;
import java.util.Optional;

/**
 * All that a checkpoint with a SentencePiece vocabulary says about its tokenizer.
 *
 * @param added all tokens beside the model's, and pieces of it that have a meaning
 * @param found those of them that a text is searched for
 * @param prefixesEveryPart what stands behind an added token gets the model's dummy prefix like the
 *     beginning of the text (transformers: {@code legacy})
 */
record SentencePieceSource(
    Vocabulary vocabulary,
    SentencePieceModel model,
    List<AddedToken> added,
    List<AddedToken> found,
    boolean prefixesEveryPart,
    SpecialTokens specials,
    Optional<String> chatTemplate) {}
