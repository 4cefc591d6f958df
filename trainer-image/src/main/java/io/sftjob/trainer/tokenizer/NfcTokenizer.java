package io.sftjob.trainer.tokenizer;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Encodes texts in NFC, for an original that normalises with Python's unicodedata: the tokenizers
 * library's own NFC knows the combining marks of Unicode 9, and puts later ones in another order.
 */
final class NfcTokenizer implements Tokenizer {
  private final Tokenizer tokenizer;

  NfcTokenizer(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  @Override
  public Encoding encode(String text) {
    if (Normalizer.isNormalized(text, Form.NFC)) {
      return tokenizer.encode(text);
    }
    Nfc normal = Nfc.of(text);
    return normal.inSource(tokenizer.encode(normal.text()));
  }

  @Override
  public int[] ids(String text) {
    return tokenizer.ids(Normalizer.isNormalized(text, Form.NFC) ? text : Nfc.of(text).text());
  }

  @Override
  public Encoding encodeOrdinary(String text) {
    if (Normalizer.isNormalized(text, Form.NFC)) {
      return tokenizer.encodeOrdinary(text);
    }
    Nfc normal = Nfc.of(text);
    return normal.inSource(tokenizer.encodeOrdinary(normal.text()));
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    return tokenizer.decode(ids, skipSpecialTokens);
  }

  @Override
  public OptionalInt idOf(String token) {
    return tokenizer.idOf(token);
  }

  @Override
  public int vocabSize() {
    return tokenizer.vocabSize();
  }

  @Override
  public SpecialTokens specialTokens() {
    return tokenizer.specialTokens();
  }

  @Override
  public Optional<String> chatTemplate() {
    return tokenizer.chatTemplate();
  }

  @Override
  public String fingerprint() {
    return tokenizer.fingerprint();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
