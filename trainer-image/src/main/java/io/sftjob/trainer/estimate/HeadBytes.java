package io.sftjob.trainer.estimate;

import io.sftjob.trainer.lora.AdapterPlan;
import io.sftjob.trainer.model.DecoderSpec;

/** The loss (head.py), which lies beside what the layers keep, never beside a layer's own peak. */
final class HeadBytes {
  private HeadBytes() {}

  /**
   * Normed rows and their gradient, 2 · T · H · e, in float32 too where the dtype is another;
   * logits and log-probabilities of a chunk, rows · vocab · (4 + 4) in float32, else (2 + 4 + 4). A
   * head that is trained whole: its copy in the dtype, and where its rows are normalised the sum of
   * the gradient and three products in float32.
   */
  static long of(DecoderSpec spec, Workload work, AdapterPlan adapter) {
    long row = work.tokens() * spec.hiddenSize();
    long normed = 2 * row * work.element() + (work.float32() ? 0 : 4 * row);
    long chunk = Math.min(work.headRows(), work.tokens());
    long logits = chunk * spec.vocabSize() * (work.float32() ? 8 : 10);
    return normed + logits + (adapter.head() ? whole(spec, work) : 0);
  }

  /** Whether the logits' memory is there again for a layer. */
  static boolean isGivenBack(DecoderSpec spec, Workload work) {
    return Malloc.givesBack(4 * Math.min(work.headRows(), work.tokens()) * spec.vocabSize());
  }

  private static long whole(DecoderSpec spec, Workload work) {
    long matrix = (long) spec.vocabSize() * spec.hiddenSize();
    long copy = work.float32() ? 0 : matrix * work.element();
    return copy + (spec.head() == DecoderSpec.Head.Normalised ? 4 * 4 * matrix : 0);
  }
}
