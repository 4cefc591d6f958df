package io.sftjob.trainer.quant;

import ai.djl.ndarray.NDArray;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The bytes of tensors. */
final class Bytes {
  private Bytes() {}

  /** SHA-256 of the tensors' bytes, one after the other. */
  static String sha256(NDArray... tensors) {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      for (NDArray tensor : tensors) {
        sha.update(tensor.toByteBuffer(true));
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
