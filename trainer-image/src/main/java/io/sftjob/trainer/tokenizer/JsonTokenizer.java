package io.sftjob.trainer.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongFunction;

/** A tokenizer.json, run by Hugging Face's tokenizers library. */
final class JsonTokenizer implements Tokenizer {
  private static final Map<String, String> AS_WRITTEN =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  static {
    // DJL phones home when it loads a library.
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private final HuggingFaceTokenizer tokenizer;
  private final TokenizerSource source;
  private volatile HuggingFaceTokenizer ordinary;
  private final String fingerprint;

  private JsonTokenizer(HuggingFaceTokenizer tokenizer, TokenizerSource source) {
    this.tokenizer = tokenizer;
    this.source = source;
    this.fingerprint = SourceDigest.of(source.json());
  }

  static JsonTokenizer load(TokenizerSource source) {
    return new JsonTokenizer(open(source.name(), source.json()), source);
  }

  private static HuggingFaceTokenizer open(String name, byte[] json) {
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), AS_WRITTEN);
    } catch (IOException | RuntimeException e) {
      throw new TrainerException(
          ExitCode.ModelNotUsable, name + ": not a usable tokenizer: " + e.getMessage(), e);
    }
  }

  @Override
  public Encoding encode(String text) {
    return encode(tokenizer, text);
  }

  @Override
  public Encoding encodeOrdinary(String text) {
    return encode(ordinary(), text);
  }

  /** A second engine, made when first needed: not every data set has a native renderer. */
  private HuggingFaceTokenizer ordinary() {
    if (ordinary == null) {
      synchronized (this) {
        if (ordinary == null) {
          ordinary = open(source.name(), OrdinaryText.of(source.json()));
        }
      }
    }
    return ordinary;
  }

  @Override
  public int[] ids(String text) {
    return encoded(tokenizer, WellFormed.of(text), JsonTokenizer::ids);
  }

  private static Encoding encode(HuggingFaceTokenizer engine, String written) {
    String text = WellFormed.of(written);
    return encoded(
        engine,
        text,
        encoding -> {
          int[] ids = ids(encoding);
          CharSpan[] spans = TokenizersLibrary.LIB.getTokenCharSpans(encoding);
          Utf16Index index = Utf16Index.of(text);
          int[] starts = new int[ids.length];
          int[] ends = new int[ids.length];
          for (int i = 0; i < ids.length; i++) {
            starts[i] = index.ofCodePoint(spans[i].getStart());
            ends[i] = index.ofCodePoint(spans[i].getEnd());
          }
          return new Encoding(ids, starts, ends);
        });
  }

  private static int[] ids(long encoding) {
    return Arrays.stream(TokenizersLibrary.LIB.getTokenIds(encoding))
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /** DJL's own encode copies all that an encoding has, which takes longer than to make it. */
  private static <T> T encoded(HuggingFaceTokenizer engine, String text, LongFunction<T> read) {
    long encoding = TokenizersLibrary.LIB.encode(engine.getHandle(), text, false);
    try {
      return read.apply(encoding);
    } finally {
      TokenizersLibrary.LIB.deleteEncoding(encoding);
    }
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecialTokens);
  }

  @Override
  public OptionalInt idOf(String token) {
    return source.vocabulary().idOf(token);
  }

  @Override
  public int vocabSize() {
    return source.vocabulary().size();
  }

  @Override
  public SpecialTokens specialTokens() {
    return source.specials();
  }

  @Override
  public Optional<String> chatTemplate() {
    return source.chatTemplate();
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public synchronized void close() {
    tokenizer.close();
    if (ordinary != null) {
      ordinary.close();
    }
  }
}
