package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** What is added to the linears of a decoder: {@code y += scale · drop(x) Aᵀ Bᵀ}. */
public interface Adapter {
  /** The model as it is. */
  Adapter NONE =
      new Adapter() {
        @Override
        public double scale() {
          return 1;
        }

        @Override
        public double dropout() {
          return 0;
        }

        @Override
        public List<NDArray> of(int layer, LinearRole role) {
          return List.of();
        }
      };

  double scale();

  /** In [0, 1); 0 outside training. */
  double dropout();

  /** A [r, in] and B [out, r], float32; empty if the module has none. */
  List<NDArray> of(int layer, LinearRole role);
}
