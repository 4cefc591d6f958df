package io.sftjob.trainer.estimate;

import static io.sftjob.trainer.model.LinearRole.Down;
import static io.sftjob.trainer.model.LinearRole.O;

import io.sftjob.trainer.lora.AdapterPlan;
import io.sftjob.trainer.lora.AdapterPlan.Linear;
import io.sftjob.trainer.model.Alibi;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What autograd keeps of one layer (layer.py, attention.py, linear.py) between its forward and its
 * backward pass. T tokens, H hidden, F intermediate, Q = heads · d, K = kv heads · d, n tokens in a
 * document, e bytes of an element.
 */
final class LayerBytes {
  private static final Set<LinearRole> INTO_ATTENTION =
      EnumSet.of(LinearRole.QKV, LinearRole.Q, LinearRole.K, LinearRole.V);

  private final DecoderSpec spec;
  private final Workload work;
  private final boolean quantized;
  private final List<Linear> adapted;
  private final double dropout;

  LayerBytes(StoredModel model, Workload work, AdapterPlan adapter, int layer) {
    this.spec = model.spec();
    this.quantized = work.quantization().isPresent() || model.isQuantized();
    this.work = work;
    this.adapted = adapter.of(layer);
    this.dropout = adapter.dropout();
  }

  /** Everything that is kept. */
  long kept() {
    return norms() + adapters() + attention() + mlp() + dequantized();
  }

  /**
   * The most that is kept and computed at once. On the way back the MLP comes first: the dense
   * weight of `down`, if it was quantized, beside its product with the gradient; then, at {@code
   * silu(g) · up}, three gradients of T · F beside all that is kept. In the attention, its own two
   * matrices beside what is kept without the MLP's part.
   */
  long peak() {
    long features = work.tokens() * spec.mlp().intermediateSize() * work.element();
    long down = work.checkpointing() ? dense(Down) : 0;
    long mlp = Math.max(down + features, 3 * features);
    return Math.max(kept() + mlp, kept() - mlp() + 2 * scoresOfADocument());
  }

  /**
   * T · H twice in float32: RMSNorm keeps its input wide, in float32 the input itself. In another
   * dtype {@code layer.backward} holds the residual after attention too. Norms of heads: T · (Q +
   * K) in float32.
   */
  private long norms() {
    long row = work.tokens() * spec.hiddenSize();
    long heads = spec.attention().headNorms() ? 4 * work.tokens() * (queries() + keys()) : 0;
    boolean residual = work.checkpointing() && !work.float32();
    return 2 * 4 * row + (residual ? row * work.element() : 0) + heads;
  }

  /**
   * An adapter keeps its input (once for all modules that take the same), T · r, and, where the
   * dtype is not float32, its two matrices in it. With dropout each module keeps an input and a
   * mask of its own.
   */
  private long adapters() {
    long bytes = 0;
    for (Linear linear : adapted) {
      bytes += work.tokens() * linear.rank() * work.element();
      bytes += work.float32() ? 0 : linear.parameters(spec) * work.element();
      bytes += dropout > 0 ? 2 * input(linear.role()) : 0;
    }
    return bytes + (dropout > 0 ? 0 : inputs());
  }

  private long inputs() {
    long bytes = 0;
    if (adapted.stream().anyMatch(linear -> INTO_ATTENTION.contains(linear.role()))) {
      bytes += input(LinearRole.Q);
    }
    if (adapted.stream().anyMatch(linear -> linear.role() == O)) {
      bytes += input(O);
    }
    if (adapted.stream().anyMatch(linear -> intoMlp(linear.role()))) {
      bytes += input(LinearRole.Gate);
    }
    if (adapted.stream().anyMatch(linear -> linear.role() == Down)) {
      bytes += input(Down);
    }
    return bytes;
  }

  private static boolean intoMlp(LinearRole role) {
    return role != O && role != Down && !INTO_ATTENTION.contains(role);
  }

  private long input(LinearRole role) {
    return work.tokens() * role.in(spec) * work.element();
  }

  /**
   * bmm: T · (Q + 2K), and heads · n² of probabilities. SDPA: the fused kernel keeps q, k, v, the
   * output and a number per head, 4 · T · Q · e + 4 · T · heads; on a CPU keys and values are
   * repeated for it where several heads share them. It takes no grouped queries on a GPU with a
   * mask: there PyTorch repeats them too and keeps probabilities.
   */
  private long attention() {
    long tokens = work.tokens();
    long element = work.element();
    if (!keepsScores()) {
      return 4 * tokens * queries() * element + 4 * tokens * heads();
    }
    long rows = bmm() ? queries() + 2 * keys() : 3 * queries();
    return tokens * rows * element + heads() * squares() * element;
  }

  /** On a GPU all documents are computed at once, under a mask. */
  private long squares() {
    return work.gpu() ? work.tokens() * work.tokens() : work.batch().squares();
  }

  /** heads · n² · e. */
  private long scoresOfADocument() {
    long n = work.gpu() ? work.tokens() : work.batch().longest();
    return keepsScores() ? heads() * n * n * work.element() : 0;
  }

  private boolean bmm() {
    return !work.gpu() && !work.float32();
  }

  private boolean keepsScores() {
    return bmm() || work.gpu() && spec.attention().heads() != spec.attention().kvHeads();
  }

  /** gate, silu(gate) and up: T · 3F. */
  private long mlp() {
    return 3 * work.tokens() * spec.mlp().intermediateSize() * work.element();
  }

  /**
   * A linear keeps its weight; a quantized one's is dense for as long as the layer is, but the last
   * one's, where the layer is computed again: its value is not.
   */
  private long dequantized() {
    return spec.layout().roles().stream()
        .filter(role -> role != Down || !work.checkpointing())
        .mapToLong(this::dense)
        .sum();
  }

  /** The dense weights and the MLP's matrices, if they are large. */
  long givenBack() {
    long weights =
        spec.layout().roles().stream()
            .filter(role -> role != Down)
            .mapToLong(this::dense)
            .filter(Malloc::givesBack)
            .sum();
    long features = work.tokens() * spec.mlp().intermediateSize() * work.element();
    return weights + (Malloc.givesBack(features) ? mlp() : 0);
  }

  private long dense(LinearRole role) {
    return quantized ? (long) role.in(spec) * role.out(spec) * work.element() : 0;
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
    return tables + (work.float32() ? 0 : n * n * work.element());
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
