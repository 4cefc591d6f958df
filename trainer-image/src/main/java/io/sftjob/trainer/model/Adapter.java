package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;

/** What is added to the linears of a decoder, {@code y += scale · drop(x) Aᵀ Bᵀ}, or replaced. */
public interface Adapter {
  /** The model as it is. */
  Adapter NONE =
      new Adapter() {
        @Override
        public double dropout() {
          return 0;
        }

        @Override
        public List<NDArray> of(int layer, LinearRole role) {
          return List.of();
        }

        @Override
        public Optional<NDArray> embedding() {
          return Optional.empty();
        }

        @Override
        public Optional<NDArray> head() {
          return Optional.empty();
        }
      };

  /** In [0, 1); 0 outside training. */
  double dropout();

  /**
   * A [r, in] and B [out, r], float32, and their scale, a number on the CPU; empty if the module
   * has none.
   */
  List<NDArray> of(int layer, LinearRole role);

  /** [vocab, hidden] in place of the model's. */
  Optional<NDArray> embedding();

  /** [vocab, hidden] in place of the model's, before its rows are normalised. */
  Optional<NDArray> head();
}
