package io.sftjob.trainer.quant;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.QuantizationMode;
import io.sftjob.trainer.TrainerException;
import java.util.List;
import java.util.Optional;

/** How weights are to be quantized. */
public sealed interface QuantConfig {
  List<Integer> BLOCK_SIZES = List.of(32, 64, 128, 256, 512, 1024, 2048, 4096);
  int DEFAULT_BLOCK_SIZE = 64;

  /**
   * @param blockSize weights that share a scale
   * @param doubleQuant whether the scales are quantized too
   */
  record FourBit(Codebook codebook, int blockSize, boolean doubleQuant) implements QuantConfig {
    /**
     * @throws TrainerException if there is no such block size
     */
    public FourBit {
      if (!BLOCK_SIZES.contains(blockSize)) {
        throw refused(
            "The block size %d is not possible; expected one of %s.", blockSize, BLOCK_SIZES);
      }
    }

    @Override
    public String toString() {
      return "%s with blocks of %d%s"
          .formatted(codebook, blockSize, doubleQuant ? " and double quantization" : "");
    }
  }

  /** A scale per row. */
  record Int8() implements QuantConfig {
    @Override
    public String toString() {
      return "Int8";
    }
  }

  /**
   * @param blockSize of a 4-bit mode; empty: 64
   * @throws TrainerException if there is no such block size, or the mode has neither blocks nor
   *     double quantization
   */
  static QuantConfig of(QuantizationMode mode, Optional<Integer> blockSize, boolean doubleQuant) {
    if (mode == QuantizationMode.Int8) {
      if (blockSize.isPresent() || doubleQuant) {
        throw refused(
            "Int8 has a scale per row: a block size and double quantization belong to NF4 and FP4.");
      }
      return new Int8();
    }
    Codebook codebook = mode == QuantizationMode.NF4 ? Codebook.NF4 : Codebook.FP4;
    return new FourBit(codebook, blockSize.orElse(DEFAULT_BLOCK_SIZE), doubleQuant);
  }

  private static TrainerException refused(String message, Object... values) {
    return new TrainerException(ExitCode.InvalidSpec, message.formatted(values));
  }
}
