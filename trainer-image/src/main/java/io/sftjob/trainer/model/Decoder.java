package io.sftjob.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.torch.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * The decoder's parts, for callers that decide what is recorded and what is kept: embedding,
 * layers, final norm, head. Activations are [T, hidden], all documents end to end. Used by one
 * thread.
 */
public final class Decoder {
  private final DecoderSpec spec;
  private final DecoderWeights weights;
  private final Kernels kernels;
  private final AttentionKind attention;
  private final PositionTables positions;

  Decoder(
      NDManager owner,
      DecoderSpec spec,
      DecoderWeights weights,
      Kernels kernels,
      AttentionKind attention) {
    this.spec = spec;
    this.weights = weights;
    this.kernels = kernels;
    this.attention = attention;
    this.positions = new PositionTables(owner, spec, kernels, weights.norm());
  }

  public DecoderSpec spec() {
    return spec;
  }

  public Kernels kernels() {
    return kernels;
  }

  DecoderWeights weights() {
    return weights;
  }

  /**
   * As training sees them.
   *
   * @param ids of all documents
   * @param lengths of each
   */
  public Sequences sequences(NDManager owner, int[] ids, long[] lengths) {
    return sequences(owner, ids, lengths, false);
  }

  /** As evaluation sees them: some families treat long documents otherwise than in training. */
  public Sequences evaluated(NDManager owner, int[] ids, long[] lengths) {
    return sequences(owner, ids, lengths, true);
  }

  private Sequences sequences(NDManager owner, int[] ids, long[] lengths, boolean evaluating) {
    NDArray mask =
        kernels.tensor(
            owner, "attention_mask", attention.kernel(), lengths, positions.slopes(), like());
    var rope = positions.rope(owner, lengths, 0, evaluating);
    return new Sequences(tokens(owner, ids), lengths, rope, mask);
  }

  private static NDArray tokens(NDManager owner, int[] ids) {
    long[] wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      wide[i] = ids[i];
    }
    return owner.create(wide);
  }

  /** A tensor of the dtype and device of computation. */
  private NDArray like() {
    return weights.norm();
  }

  /** [T] -> [T, hidden]. */
  public NDArray embed(NDManager owner, NDArray ids, Adapter adapter) {
    return kernels.tensor(owner, "embed", ids, adapter.embedding().orElse(embedding()), like());
  }

  /** W [vocab, hidden], as the model was loaded. */
  public NDArray embedding() {
    return weights.embedding();
  }

  /** One layer, without dropout. */
  public NDArray layer(
      NDManager owner, int index, NDArray x, Sequences sequences, Adapter adapter) {
    try (NDList outputs = outputs(owner, index, x, sequences, adapter, 0)) {
      return value(owner, index, x, outputs, adapter, 0);
    }
  }

  /**
   * What the linears of a layer give, all but the last; not to be recorded.
   *
   * @param seed of the dropout masks: the same seed, the same masks
   * @return [T, out] of q, k, v, o, gate, up; an empty tensor for one that is part of another
   */
  public NDList outputs(
      NDManager owner, int index, NDArray x, Sequences sequences, Adapter adapter, long seed) {
    var arguments = new ArrayList<Object>(List.of(x));
    addLayer(arguments, index, linears(index, adapter).subList(0, 6), sequences, adapter, seed);
    return kernels.tensors(owner, "layer_outputs", arguments.toArray());
  }

  /**
   * A layer's value [T, hidden]; not to be recorded.
   *
   * @param outputs of its linears
   */
  public NDArray value(
      NDManager owner, int index, NDArray x, NDList outputs, Adapter adapter, long seed) {
    var down = linear(index, adapter, LinearRole.Down);
    return kernels.tensor(owner, "layer_value", x, outputs, down, adapter.dropout(), seed);
  }

  /**
   * Adds the gradients of sum(value · gradient) to those of the adapter. Recording must be on.
   *
   * @param outputs of the layer's linears
   * @param gradient [T, hidden]
   * @param further whether the gradient of x is asked for
   * @param seed that {@link #outputs} and {@link #value} got
   * @return the gradient of x, or an empty tensor
   */
  public NDArray backward(
      NDManager owner,
      int index,
      NDArray x,
      NDList outputs,
      NDArray gradient,
      boolean further,
      Sequences sequences,
      Adapter adapter,
      long seed) {
    var arguments = new ArrayList<Object>(List.of(x, outputs, gradient, further));
    addLayer(arguments, index, linears(index, adapter), sequences, adapter, seed);
    return kernels.tensor(owner, "layer_backward", arguments.toArray());
  }

  private void addLayer(
      List<Object> arguments,
      int index,
      List<List<NDArray>> linears,
      Sequences sequences,
      Adapter adapter,
      long seed) {
    arguments.addAll(List.of(weights.layers().get(index).norms(), spec.normEps()));
    arguments.addAll(linears);
    arguments.addAll(List.of(adapter.dropout(), seed));
    arguments.addAll(List.of(shape(), sequences.rope(), positions.pairing()));
    arguments.addAll(List.of(attention.kernel(), sequences.mask(), sequences.lengths()));
  }

  /**
   * The final norm of some rows.
   *
   * @param at row numbers [N] int64
   * @return [N, hidden]
   */
  public NDArray normAt(NDManager owner, NDArray x, NDArray at) {
    return kernels.tensor(owner, "norm_at", x, at, weights.norm(), spec.normEps());
  }

  /** W [vocab, hidden] of the output projection, as logits are computed with it. */
  public NDArray head(NDManager owner, Adapter adapter) {
    return adapter
        .head()
        .map(own -> kernels.tensor(owner, "head", own, normalisesHead(), like()))
        .orElse(weights.head());
  }

  /** W [vocab, hidden] of the output projection, as it lies in the checkpoint. */
  public NDArray storedHead() {
    return weights.storedHead();
  }

  /** Whether the rows of the head's weight are scaled to length 1 before logits are computed. */
  public boolean normalisesHead() {
    return spec.head() == DecoderSpec.Head.Normalised;
  }

  /** All logits [T, vocab], float32; for a few tokens, as they take vocab · 4 bytes each. */
  public NDArray logits(NDManager owner, Sequences sequences, Adapter adapter) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray x = embed(scope, sequences.ids(), adapter);
      for (int layer = 0; layer < spec.layers(); layer++) {
        x = layer(scope, layer, x, sequences, adapter);
      }
      NDArray h = kernels.tensor(scope, "norm", x, weights.norm(), spec.normEps());
      return kernels.tensor(owner, "logits", h, head(scope, adapter));
    }
  }

  /** An empty cache for one document of at most that many tokens. */
  public KvCache cache(int capacity) {
    var cache = new KvCache(kernels.manager().newSubManager(), capacity);
    long[] shape = {capacity, spec.attention().kvHeads(), spec.attention().headDim()};
    for (int layer = 0; layer < spec.layers(); layer++) {
      cache.add(
          kernels.tensor(kernels.manager(), "zeros", shape, like()),
          kernels.tensor(kernels.manager(), "zeros", shape, like()));
    }
    return cache;
  }

  /**
   * Takes tokens behind those in the cache; several only into an empty one.
   *
   * @return the last token's logits [vocab], float32
   */
  public NDArray next(NDManager owner, int[] ids, KvCache cache, Adapter adapter) {
    if (ids.length > 1 && cache.length() > 0 || cache.length() + ids.length > cache.capacity()) {
      throw new IllegalArgumentException(
          "%d tokens behind %d of %d".formatted(ids.length, cache.length(), cache.capacity()));
    }
    try (NDManager scope = owner.newSubManager()) {
      var rope = positions.rope(scope, new long[] {ids.length}, cache.length(), true);
      NDArray mask =
          kernels.tensor(
              scope, "cached_mask", ids.length, cache.length(), positions.slopes(), like());
      NDArray x = embed(scope, tokens(scope, ids), adapter);
      for (int layer = 0; layer < spec.layers(); layer++) {
        x = cachedLayer(scope, layer, x, rope, mask, cache, adapter);
      }
      cache.advance(ids.length);
      NDArray last = normAt(scope, x, scope.create(new long[] {ids.length - 1}));
      return kernels.tensor(owner, "last_logits", last, head(scope, adapter));
    }
  }

  private NDArray cachedLayer(
      NDManager owner,
      int index,
      NDArray x,
      List<NDArray> rope,
      NDArray mask,
      KvCache cache,
      Adapter adapter) {
    var arguments = new ArrayList<Object>();
    arguments.addAll(List.of(x, weights.layers().get(index).norms(), spec.normEps()));
    arguments.addAll(linears(index, adapter));
    arguments.addAll(List.of(shape(), rope, positions.pairing(), mask));
    arguments.addAll(List.of(cache.keys(index), cache.values(index), cache.length()));
    return kernels.tensor(owner, "layer_cached", arguments.toArray());
  }

  private long[] shape() {
    var heads = spec.attention();
    return new long[] {heads.heads(), heads.kvHeads(), heads.headDim()};
  }

  /**
   * The linears as layer.py takes them: q, k, v, o, gate, up, down, where one that gives several at
   * once stands in the first's place and the others are empty.
   */
  private List<List<NDArray>> linears(int layer, Adapter adapter) {
    return List.of(
        linear(layer, adapter, LinearRole.Q, LinearRole.QKV),
        linear(layer, adapter, LinearRole.K),
        linear(layer, adapter, LinearRole.V),
        linear(layer, adapter, LinearRole.O),
        linear(layer, adapter, LinearRole.Gate, LinearRole.GateUp),
        linear(layer, adapter, LinearRole.Up),
        linear(layer, adapter, LinearRole.Down));
  }

  /** The first of these roles that the layer has. */
  private List<NDArray> linear(int layer, Adapter adapter, LinearRole... roles) {
    var linears = weights.layers().get(layer).linears();
    for (LinearRole role : roles) {
      if (linears.containsKey(role)) {
        var list = new ArrayList<>(linears.get(role));
        list.addAll(adapter.of(layer, role));
        return list;
      }
    }
    return List.of();
  }
}
