package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
import io.sftjob.trainer.torch.TorchDtype;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What training must not touch. */
public final class FrozenWeights {
  private FrozenWeights() {}

  /** SHA-256 over the bytes of all weights. */
  public static String sha256(CausalLm model) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (NDArray weight : all(model.decoder().weights())) {
        // bfloat16 widens without loss; DJL has no bytes of it.
        try (NDArray wide =
            model.kernels().convert(model.kernels().manager(), weight, TorchDtype.FLOAT32)) {
          digest.update(wide.toByteBuffer());
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<NDArray> all(DecoderWeights weights) {
    var all = new ArrayList<NDArray>(List.of(weights.embedding(), weights.norm(), weights.head()));
    for (DecoderWeights.Layer layer : weights.layers()) {
      all.addAll(layer.norms());
      layer.linears().values().forEach(linear -> all.addAll(frozen(linear)));
    }
    return all.stream().filter(weight -> weight.size() > 0).toList();
  }

  /** Without the memory that a quantized linear computes in. */
  private static List<NDArray> frozen(List<NDArray> linear) {
    var frozen = new ArrayList<>(linear);
    if (linear.size() > 2) {
      frozen.remove(2);
    }
    return frozen;
  }
}
