package io.sftjob.trainer.chat.jinja;

import java.util.Collection;

/**
 * What one rendering has cost: a template is foreign code, so that every loop, and every value that
 * it makes, counts. The limits are counts, not seconds: the same row is refused on every machine.
 */
final class Work {
  /** Of one text, the rendered one included. */
  static final int MAX_CHARS = 1 << 24;

  /** Of one list. */
  static final int MAX_ITEMS = 1 << 20;

  private static final long MAX_STEPS = 20_000_000;
  private static final long MAX_CHARS_MADE = 1L << 27;

  /** Reading so many characters costs as much as one step. */
  private static final int CHARS_A_STEP = 16;

  private static final ScopedValue<Work> CURRENT = ScopedValue.newInstance();

  private long steps;
  private long charsMade;

  static <T> T limited(ScopedValue.CallableOp<T, RuntimeException> rendering) {
    return ScopedValue.where(CURRENT, new Work()).call(rendering);
  }

  static void step() {
    steps(1);
  }

  /** A value is looked at. */
  static void read(Object value) {
    steps(
        switch (value) {
          case String text -> 1 + text.length() / CHARS_A_STEP;
          case Collection<?> items -> 1 + items.size() / CHARS_A_STEP;
          case null, default -> 1;
        });
  }

  /** A value came to be. */
  static <T> T made(T value) {
    read(value);
    if (value instanceof String text && CURRENT.isBound()) {
      Work work = CURRENT.get();
      work.charsMade += text.length();
      if (work.charsMade > MAX_CHARS_MADE) {
        throw JinjaException.endless(
            "the template makes more than %,d characters".formatted(MAX_CHARS_MADE));
      }
    }
    return value;
  }

  /** Before a text of that length is made. */
  static void requireChars(long length) {
    if (length > MAX_CHARS) {
      throw JinjaException.tooLarge("a text is longer than %,d characters".formatted(MAX_CHARS));
    }
  }

  /** Before a list of that size is made. */
  static void requireItems(long size) {
    if (size > MAX_ITEMS) {
      throw JinjaException.tooLarge("a list is longer than %,d items".formatted(MAX_ITEMS));
    }
  }

  private static void steps(long count) {
    if (CURRENT.isBound()) {
      Work work = CURRENT.get();
      work.steps += count;
      if (work.steps > MAX_STEPS) {
        throw JinjaException.endless(
            "the template runs more than %,d steps; does a loop in it end?".formatted(MAX_STEPS));
      }
    }
  }
}
