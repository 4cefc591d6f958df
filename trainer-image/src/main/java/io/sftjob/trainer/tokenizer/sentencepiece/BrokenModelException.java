package io.sftjob.trainer.tokenizer.sentencepiece;

/** What a SentencePiece model holds that it must not; the caller knows the file's name. */
public final class BrokenModelException extends RuntimeException {
  public BrokenModelException(String found) {
    super(found);
  }

  public BrokenModelException(String found, Throwable cause) {
    super(found, cause);
  }
}
