package io.sftjob.trainer.lora;

import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression on module paths. Its steps are counted, as some expressions would go on for
 * years on a path of fifty characters.
 */
final class PathRegex {
  private static final int MOST_STEPS = 1_000_000;

  private final String regex;
  private final Pattern pattern;
  private final Origin origin;
  private final Origin.Field field;

  /**
   * @param format of what is compiled, around what the user wrote
   * @param regex what the user wrote; Python's named groups are understood too
   * @throws io.sftjob.trainer.TrainerException if it is no regular expression
   */
  PathRegex(String format, String regex, Origin origin, Origin.Field field) {
    this.regex = regex;
    this.origin = origin;
    this.field = field;
    try {
      this.pattern = Pattern.compile(format.formatted(regex).replace("(?P<", "(?<"));
    } catch (PatternSyntaxException e) {
      throw origin.refused(field, "`%s` is no regular expression: %s", regex, e.getDescription());
    }
  }

  /** The whole path. */
  boolean matches(String path) {
    return bounded(pattern.matcher(new Counted(path)), Matcher::matches, path);
  }

  /** The number in the first group, at the path's beginning. */
  OptionalInt number(String path) {
    var matcher = pattern.matcher(new Counted(path));
    return bounded(matcher, Matcher::lookingAt, path)
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  private boolean bounded(Matcher matcher, Predicate<Matcher> match, String path) {
    try {
      return match.test(matcher);
    } catch (TooManySteps e) {
      throw origin.refused(
          field,
          "`%s` takes more than %d steps on `%s`: write it simpler",
          regex,
          MOST_STEPS,
          path);
    }
  }

  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final class Counted implements CharSequence {
    private final String text;
    private int steps;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      steps++;
      if (steps > MOST_STEPS) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
