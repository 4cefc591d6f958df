package io.sftjob.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.v1alpha1.LossType;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.SplitMix64;
import io.sftjob.trainer.model.Adapter;
import io.sftjob.trainer.model.Decoder;
import io.sftjob.trainer.model.Sequences;
import io.sftjob.trainer.torch.Autograd;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;

/**
 * Loss and gradients of one micro-batch. The forward pass keeps the layers' inputs and what their
 * linears gave, or with checkpointing the inputs alone, and computes the rest again on the way
 * back. The result is the same to the last bit.
 */
final class Backprop {
  /** Where a layer's number stands for dropout. */
  private static final long NOISE = -1;

  private final Decoder decoder;
  private final LoraAdapter adapter;
  private final boolean checkpointing;
  private final TrainSettings.Objective objective;

  /**
   * Of the negative log-likelihood; with checkpointing nothing more than layers' inputs is kept.
   */
  Backprop(Decoder decoder, LoraAdapter adapter, boolean checkpointing) {
    this(decoder, adapter, checkpointing, TrainSettings.Objective.NLL);
  }

  Backprop(
      Decoder decoder,
      LoraAdapter adapter,
      boolean checkpointing,
      TrainSettings.Objective objective) {
    this.decoder = decoder;
    this.adapter = adapter;
    this.checkpointing = checkpointing;
    this.objective = objective;
    adapter.beginGradients();
  }

  /**
   * What the sums of a step are divided by: those of all its micro-batches, divided by the loss
   * scale.
   *
   * @param targets of the loss
   * @param followed positions that another token of their document follows
   */
  record Divisors(double targets, double followed) {}

  /** Of a batch that is a step by itself, as far as the z-loss is concerned. */
  double add(TokenBatch batch, double divisor, long seed) {
    var divisors = new Divisors(divisor, batch.followed());
    return add(batch, divisors, seed, () -> false).orElseThrow();
  }

  /**
   * Adds the gradients of (summed loss / targets) to the adapter's.
   *
   * @param seed of dropout and noise
   * @return loss summed over the batch's targets, nats; the model's z-loss counts as if it were a
   *     part of theirs. Empty if {@code stop} became true between two layers: gradients are then of
   *     parts.
   */
  OptionalDouble add(TokenBatch batch, Divisors divisor, long seed, BooleanSupplier stop) {
    try (NDManager scope = newScope()) {
      return add(scope, batch, divisor, seed, stop);
    }
  }

  /** The summed negative log-likelihood without gradients, dropout or noise. */
  double loss(TokenBatch batch) {
    return evaluate(batch, () -> false).orElseThrow()[0];
  }

  /**
   * Sums over the targets: negative log-likelihood, likeliest tokens that are right, entropy. Empty
   * if {@code stop} became true between two layers.
   */
  Optional<float[]> evaluate(TokenBatch batch, BooleanSupplier stop) {
    try (NDManager scope = newScope();
        var mode = Autograd.notRecording()) {
      Sequences sequences = decoder.sequences(scope, batch.ids(), batch.lengths());
      Adapter evaluating = adapter.evaluating();
      NDArray x = decoder.embed(scope, sequences.ids(), evaluating);
      for (int layer = 0; layer < decoder.spec().layers(); layer++) {
        if (stop.getAsBoolean()) {
          return Optional.empty();
        }
        NDArray out = decoder.layer(scope, layer, x, sequences, evaluating);
        x.close();
        x = out;
      }
      NDArray h = decoder.normAt(scope, x, scope.create(batch.at()));
      NDArray targets = scope.create(batch.targets());
      NDArray head = decoder.head(scope, evaluating);
      return Optional.of(
          decoder
              .kernels()
              .tensor(scope, "evaluate", h, head, targets, TrainingSessions.HEAD_ROWS)
              .toFloatArray());
    }
  }

  private OptionalDouble add(
      NDManager scope, TokenBatch batch, Divisors divisor, long seed, BooleanSupplier stop) {
    int layers = decoder.spec().layers();
    Sequences sequences = decoder.sequences(scope, batch.ids(), batch.lengths());
    NDArray[] inputs = new NDArray[layers + 1];
    NDList[] outputs = new NDList[layers];
    try (var mode = Autograd.notRecording()) {
      inputs[0] = embed(scope, batch, sequences, seed);
      for (int layer = 0; layer < layers; layer++) {
        if (stop.getAsBoolean()) {
          return OptionalDouble.empty();
        }
        NDArray x = inputs[layer];
        long noise = noise(seed, layer);
        outputs[layer] = decoder.outputs(scope, layer, x, sequences, adapter, noise);
        inputs[layer + 1] = decoder.value(scope, layer, x, outputs[layer], adapter, noise);
        if (checkpointing || layer < adapter.lowestLayer()) {
          outputs[layer].close();
        }
      }
    }
    double loss;
    NDArray gradient;
    try (NDManager sub = newScope();
        var mode = Autograd.recording()) {
      NDArray x = Autograd.leaf(sub, inputs[layers], true);
      Head head = head(sub, x, batch, divisor);
      Autograd.backward(head.h, head.gradient);
      gradient = Autograd.gradient(scope, x);
      loss = head.loss;
    }
    for (int layer = layers - 1; layer >= Math.max(0, adapter.lowestLayer()); layer--) {
      if (stop.getAsBoolean()) {
        return OptionalDouble.empty();
      }
      inputs[layer + 1].close();
      if (checkpointing) {
        try (var mode = Autograd.notRecording()) {
          outputs[layer] =
              decoder.outputs(scope, layer, inputs[layer], sequences, adapter, noise(seed, layer));
        }
      }
      gradient = backward(scope, layer, inputs[layer], outputs[layer], gradient, sequences, seed);
    }
    if (adapter.embedding().isPresent()) {
      addEmbeddingGradient(sequences, gradient);
    }
    return OptionalDouble.of(loss);
  }

  /** Of a layer's dropout masks. */
  private static long noise(long seed, int layer) {
    return SplitMix64.seed(seed, layer) >>> 1;
  }

  private NDArray embed(NDManager scope, TokenBatch batch, Sequences sequences, long seed) {
    try (var mode = Autograd.notRecording()) {
      NDArray x = decoder.embed(scope, sequences.ids(), adapter);
      if (objective.neftuneAlpha() == 0) {
        return x;
      }
      long noise = SplitMix64.seed(seed, NOISE) >>> 1;
      try (x) {
        return decoder
            .kernels()
            .tensor(scope, "neftune", x, batch.lengths(), objective.neftuneAlpha(), noise);
      }
    }
  }

  /** The embedding's gradient needs no graph: each token's row gets its input's. */
  private void addEmbeddingGradient(Sequences sequences, NDArray gradient) {
    NDArray embedding = adapter.embedding().orElseThrow();
    decoder.kernels().bool("add_embedding_grad", embedding, sequences.ids(), gradient);
  }

  /** Sends the gradient through one layer; of no use where nothing below needs it. */
  private NDArray backward(
      NDManager scope,
      int layer,
      NDArray x,
      NDList outputs,
      NDArray gradient,
      Sequences sequences,
      long seed) {
    boolean further = layer > adapter.lowestLayer();
    try (gradient;
        outputs;
        var mode = Autograd.recording()) {
      return decoder.backward(
          scope, layer, x, outputs, gradient, further, sequences, adapter, noise(seed, layer));
    }
  }

  /**
   * @param h normed rows, in the graph
   * @param gradient of the loss with respect to h
   * @param loss summed
   */
  private record Head(NDArray h, NDArray gradient, double loss) {}

  private Head head(NDManager scope, NDArray x, TokenBatch batch, Divisors divisor) {
    double z = decoder.spec().zLoss();
    long[] at = z == 0 ? batch.at() : batch.atAndFollowed();
    NDArray h = decoder.normAt(scope, x, scope.create(at));
    try (var mode = Autograd.notRecording()) {
      NDList result =
          decoder
              .kernels()
              .tensors(
                  scope,
                  "loss_and_grad",
                  h,
                  decoder.head(scope, adapter),
                  scope.create(batch.targets()),
                  divisor.targets,
                  TrainingSessions.HEAD_ROWS,
                  adapter.head().map(List::of).orElse(List.of()),
                  decoder.normalisesHead(),
                  objective.loss() == LossType.Dft,
                  z / divisor.followed);
      return new Head(h, result.get(1), result.get(0).getFloat());
    }
  }

  private NDManager newScope() {
    return decoder.kernels().manager().newSubManager();
  }
}
