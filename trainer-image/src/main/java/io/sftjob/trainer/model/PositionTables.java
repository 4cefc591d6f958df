package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.torch.Kernels;
import java.util.ArrayList;
import java.util.List;

/** What the kernels need to tell positions apart. */
final class PositionTables {
  private final Positions positions;
  private final Kernels kernels;
  private final NDArray like;
  private final NDArray slopes;

  /**
   * @param like of the dtype and device of computation
   */
  PositionTables(NDManager owner, DecoderSpec spec, Kernels kernels, NDArray like) {
    this.positions = spec.positions();
    this.kernels = kernels;
    this.like = like;
    this.slopes =
        owner.create(
            positions instanceof Alibi ? Alibi.slopes(spec.attention().heads()) : new float[0]);
  }

  /** ALiBi's [heads], or empty. */
  NDArray slopes() {
    return slopes;
  }

  /** As rope.py calls it. */
  String pairing() {
    return positions instanceof Rotary rotary ? rotary.pairing().kernel() : "";
  }

  /**
   * The tables of rope.py.
   *
   * @param start the first position of each document
   */
  List<NDArray> rope(NDManager owner, long[] lengths, int start, boolean evaluating) {
    if (!(positions instanceof Rotary rotary)) {
      return List.of();
    }
    RopeScaling scaling = evaluating ? rotary.evaluationScaling() : rotary.scaling();
    NDArray frequencies = frequencies(owner, rotary, scaling, lengths, start);
    var tables =
        new ArrayList<NDArray>(
            kernels.tensors(
                owner,
                "rope_tables",
                lengths,
                start,
                frequencies,
                scaling.attentionFactor(),
                rotary.pairing().kernel(),
                like));
    if (evaluating && rotary.lognFrom().isPresent()) {
      int base = rotary.lognFrom().getAsInt();
      tables.add(kernels.tensor(owner, "logn", lengths, start, base, like));
    }
    return tables;
  }

  /** [1, dims / 2], or a row for each document. */
  private static NDArray frequencies(
      NDManager owner, Rotary rotary, RopeScaling scaling, long[] lengths, int start) {
    int rows = scaling.dependsOnLength() ? lengths.length : 1;
    float[][] frequencies = new float[rows][];
    for (int i = 0; i < rows; i++) {
      int length = Math.toIntExact(start + lengths[i]);
      frequencies[i] = scaling.inverseFrequencies(rotary.theta(), rotary.dims(), length);
    }
    return owner.create(frequencies);
  }
}
