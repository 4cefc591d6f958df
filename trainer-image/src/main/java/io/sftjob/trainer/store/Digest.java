package io.sftjob.trainer.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a file holds, in short.
 *
 * @param sha256 lower-case hex
 */
public record Digest(long size, String sha256) {

  public static Digest of(Path file) throws IOException {
    var sha = newSha256();
    long size = 0;
    try (var in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n; (n = in.read(buffer)) >= 0; size += n) {
        sha.update(buffer, 0, n);
      }
    }
    return new Digest(size, hex(sha));
  }

  /** The SHA-256 of bytes in memory, in hex. */
  public static String sha256(byte[] content) {
    var sha = newSha256();
    sha.update(content);
    return hex(sha);
  }

  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
