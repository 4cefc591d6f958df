package io.sftjob.trainer.estimate;

import io.sftjob.trainer.lora.AdapterPlan;
import io.sftjob.trainer.lora.AdapterPlan.Linear;
import io.sftjob.trainer.model.Alibi;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.List;

/**
 * What one layer takes (layer.py, attention.py, linear.py), whose backward pass is cut at the
 * outputs of its linears. T tokens, H hidden, F intermediate, Q = heads · d, K = kv heads · d, n
 * tokens in a document, e bytes of an element.
 */
final class LayerBytes {
  private final DecoderSpec spec;
  private final Workload work;
  private final List<Linear> adapted;
  private final double dropout;

  LayerBytes(DecoderSpec spec, Workload work, AdapterPlan adapter, int layer) {
    this.spec = spec;
    this.work = work;
    this.adapted = adapter.of(layer);
    this.dropout = adapter.dropout();
  }

  /** What all linears but the last gave, T · (Q + 2K + H + 2F) · e. */
  long outputs() {
    return spec.layout().roles().stream()
            .filter(role -> role != LinearRole.Down)
            .mapToLong(role -> role.out(spec))
            .sum()
        * work.tokens()
        * work.element();
  }

  /** The most that is recorded and computed at once beside the outputs. */
  long backward() {
    return adapters() + Math.max(mlp(), attention());
  }

  /** The adapters' matrices in the dtype, where it is not float32, and T · r of each. */
  private long adapters() {
    return adapted.stream()
        .mapToLong(
            linear ->
                work.tokens() * linear.rank() * work.element()
                    + (work.float32() ? 0 : linear.parameters(spec) * work.element()))
        .sum();
  }

  /**
   * At {@code silu(g) · u}: both factors' product and silu(g), the gradient from the weight and
   * that from the adapter with it, and the factors' gradients: 6 · T · F. With dropout the product
   * dropped out and its mask.
   */
  private long mlp() {
    return (dropout > 0 ? 8 : 6) * features();
  }

  private long features() {
    return work.tokens() * spec.mlp().intermediateSize() * work.element();
  }

  /**
   * What is kept, and the gradients of queries, keys, values and output, 4 · T · Q, and of a
   * document's probabilities and scores. The norm before keeps its input in float32, T · H; those
   * of heads T · (Q + K). bmm keeps q, k, v and heads · n² of probabilities. SDPA's fused kernel
   * keeps q, k, v, the output and a number per head, 4 · T · Q · e + 4 · T · heads; on a CPU keys
   * and values are repeated for it where several heads share them. It takes no grouped queries on a
   * GPU with a mask: there PyTorch repeats them too and keeps probabilities.
   */
  private long attention() {
    long tokens = work.tokens();
    long wide = spec.hiddenSize() + (spec.attention().headNorms() ? queries() + keys() : 0);
    long kept =
        bmm()
            ? tokens * (queries() + 2 * keys()) * work.element()
            : tokens * (4 * queries() * work.element() + 4 * heads());
    long gradients = 4 * tokens * queries() * work.element();
    return 4 * tokens * wide + kept + gradients + scores();
  }

  /** Probabilities of all documents, and two such matrices of the longest; heads · n² · e each. */
  private long scores() {
    if (!keepsScores()) {
      return 0;
    }
    // On a GPU all documents are computed at once, under a mask.
    long all = work.gpu() ? work.tokens() * work.tokens() : work.batch().squares();
    long longest = work.gpu() ? work.tokens() : work.batch().longest();
    return heads() * (all + 2 * longest * longest) * work.element();
  }

  private boolean bmm() {
    return usesBmm(work);
  }

  /** As AttentionKind chooses. */
  private static boolean usesBmm(Workload work) {
    return !work.gpu() && work.dtype() == TorchDtype.BFLOAT16;
  }

  private boolean keepsScores() {
    return bmm() || work.gpu() && spec.attention().heads() != spec.attention().kvHeads();
  }

  /** The MLP's matrices, if the system has them again when the layer is done. */
  long givenBack() {
    return Malloc.givesBack(features()) ? mlp() : 0;
  }

  /**
   * Once for a micro-batch: cos and sin, 2 · T · d; the causal bias of bmm, n²; ALiBi's, heads ·
   * n², and as much twice in float32 while it is made.
   */
  static long shared(DecoderSpec spec, Workload work) {
    long n = work.batch().longest();
    if (spec.positions() instanceof Alibi) {
      return spec.attention().heads() * n * n * (work.element() + 8);
    }
    long tables = 2 * work.tokens() * spec.attention().headDim() * work.element();
    return tables + (usesBmm(work) ? n * n * work.element() : 0);
  }

  private long heads() {
    return spec.attention().heads();
  }

  private long queries() {
    return heads() * spec.attention().headDim();
  }

  private long keys() {
    return (long) spec.attention().kvHeads() * spec.attention().headDim();
  }
}
