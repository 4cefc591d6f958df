package io.sftjob.trainer.source;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the first bytes of a file say. */
final class Magic {
  /** Enough of a file's beginning. */
  static final int LENGTH = 512;

  private static final byte[] PARQUET = ascii("PAR1");
  private static final byte[] ARROW_FILE = ascii("ARROW1");

  /** An Arrow stream begins with the marker in front of its first message. */
  private static final byte[] ARROW_STREAM = {-1, -1, -1, -1};

  private static final byte[] GZIP = {0x1f, (byte) 0x8b};
  private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] UTF16_LITTLE = {-1, -2};
  private static final byte[] UTF16_BIG = {-2, -1};

  private Magic() {}

  static Optional<FileKind> kind(byte[] head) {
    if (starts(head, PARQUET)) {
      return Optional.of(FileKind.Parquet);
    }
    if (starts(head, ARROW_FILE) || starts(head, ARROW_STREAM)) {
      return Optional.of(FileKind.Arrow);
    }
    return json(head);
  }

  /** By the first character that is no blank. */
  static Optional<FileKind> json(byte[] head) {
    for (int i = Utf8.hasByteOrderMark(head) ? 3 : 0; i < head.length; i++) {
      switch (head[i]) {
        case ' ', '\t', '\r', '\n' -> {}
        case '[' -> {
          return Optional.of(FileKind.JsonArray);
        }
        case '{' -> {
          return Optional.of(FileKind.JsonLines);
        }
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  static Compression compression(byte[] head) {
    return starts(head, GZIP)
        ? Compression.Gzip
        : starts(head, ZSTD) ? Compression.Zstd : Compression.None;
  }

  /** Why this can not be the content of such a file, if that shows. */
  static Optional<String> contradiction(FileKind kind, byte[] head) {
    return switch (kind) {
      case Parquet ->
          starts(head, PARQUET)
              ? Optional.empty()
              : Optional.of("is no Parquet file: it does not begin with PAR1");
      case Arrow ->
          starts(head, ARROW_FILE) || starts(head, ARROW_STREAM)
              ? Optional.empty()
              : Optional.of("is neither an Arrow IPC file nor an Arrow stream by its first bytes");
      default ->
          binary(head)
              .map(what -> "is %s by its first bytes, not %s".formatted(what, kind.words()));
    };
  }

  private static Optional<String> binary(byte[] head) {
    if (starts(head, UTF16_LITTLE) || starts(head, UTF16_BIG)) {
      return Optional.of("UTF-16 (save it as UTF-8)");
    }
    if (starts(head, PARQUET)) {
      return Optional.of("Parquet");
    }
    if (starts(head, ARROW_FILE) || starts(head, ARROW_STREAM)) {
      return Optional.of("Arrow IPC");
    }
    if (starts(head, GZIP)) {
      return Optional.of("gzip");
    }
    if (starts(head, ZSTD)) {
      return Optional.of("zstd");
    }
    return starts(head, ZIP) ? Optional.of("a zip archive") : Optional.empty();
  }

  private static boolean starts(byte[] head, byte[] magic) {
    if (head.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if (head[i] != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
