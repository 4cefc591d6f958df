package io.sftjob.trainer.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as Hugging Face writes them: 5GB is 5·10⁹ bytes, 5GiB is 5·2³⁰. */
final class ByteSize implements ITypeConverter<Long> {
  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,8})([KMG])(I?)B");

  @Override
  public Long convert(String text) {
    var size = SIZE.matcher(text.toUpperCase(Locale.ROOT));
    if (!size.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is no size; write a number and KB, MB, GB, KiB, MiB or GiB, such as 5GB");
    }
    long base = size.group(3).isEmpty() ? 1000 : 1024;
    int power = "KMG".indexOf(size.group(2)) + 1;
    return Long.parseLong(size.group(1)) * Math.round(Math.pow(base, power));
  }
}
