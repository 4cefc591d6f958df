package io.sftjob.trainer.source;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a data set's rows depend on: the bytes of its files, what they are, and the weights. */
public final class DataDigest {
  private final StringBuilder parts = new StringBuilder();

  /** Reads all files. */
  public static String of(Found found) {
    var digest = new DataDigest();
    for (Found.Part part : found.parts()) {
      for (DataFile file : part.files()) {
        try (var input = FileInput.open(file)) {
          digest.add(part.weight(), file, input.sha256());
        }
      }
    }
    return digest.hex();
  }

  /** The next file, in the order of reading. */
  public void add(double weight, DataFile file, String sha256) {
    parts.append(weight).append(' ').append(file.kind()).append(' ').append(sha256).append('\n');
  }

  /** SHA-256 in lower-case hex. */
  public String hex() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(parts.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
