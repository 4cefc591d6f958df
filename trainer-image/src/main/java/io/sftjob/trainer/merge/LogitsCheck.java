package io.sftjob.trainer.merge;

import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.lora.SplitMix64;
import io.sftjob.trainer.model.Adapter;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.torch.Autograd;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Does a merged checkpoint say what the base says with the adapter? Computed in float32, as
 * rounding in between would hide what is looked for, with one layer in memory at a time.
 */
final class LogitsCheck {
  /**
   * Tokens chosen by lot. Rounding to 16 bits moves logits by one or two percent of their spread.
   */
  private static final int TOKENS = 32;

  static final double TOLERANCE = 0.05;

  private LogitsCheck() {}

  /**
   * Root mean squares over all logits of the tokens, relative to the spread of the adapted model's
   * logits around each token's mean.
   *
   * @param difference of the merged model to the adapted one
   * @param effect of the adapter: the difference of the base to the adapted one
   */
  record Result(double difference, double effect) {
    boolean passes() {
      return difference <= TOLERANCE;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "the logits of %d tokens differ from base and adapter by %.2f %% of their spread (tolerance %.0f %%); the adapter itself moves them by %.2f %%",
          TOKENS,
          100 * difference,
          100 * TOLERANCE,
          100 * effect);
    }
  }

  static Result run(Path base, Path adapterFolder, PeftFiles.Saved saved, Path merged) {
    float[] plain;
    float[] adapted;
    int vocab;
    try (var model = CausalLm.streamed(base);
        var adapter =
            LoraAdapter.of(
                adapterFolder.toString(),
                saved.config(),
                model.spec(),
                model.kernels(),
                saved.tensors())) {
      plain = logits(model, Adapter.NONE);
      adapted = logits(model, adapter.evaluating());
      vocab = model.spec().vocabSize();
    }
    try (var model = CausalLm.streamed(merged)) {
      float[] found = logits(model, Adapter.NONE);
      double spread = spread(adapted, vocab);
      return new Result(distance(found, adapted) / spread, distance(plain, adapted) / spread);
    }
  }

  private static float[] logits(CausalLm model, Adapter adapter) {
    var random = new SplitMix64(TOKENS);
    int[] ids = new int[TOKENS];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = random.nextInt(model.spec().vocabSize());
    }
    try (NDManager scope = model.kernels().manager().newSubManager();
        var mode = Autograd.notRecording()) {
      var decoder = model.decoder();
      var sequences = decoder.sequences(scope, ids, new long[] {ids.length});
      return decoder.logits(scope, sequences, adapter).toFloatArray();
    }
  }

  private static double spread(float[] logits, int vocab) {
    double squares = 0;
    for (int from = 0; from < logits.length; from += vocab) {
      double sum = 0;
      for (int i = 0; i < vocab; i++) {
        sum += logits[from + i];
      }
      for (int i = 0; i < vocab; i++) {
        squares += Math.pow(logits[from + i] - sum / vocab, 2);
      }
    }
    return Math.sqrt(squares);
  }

  private static double distance(float[] a, float[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += Math.pow((double) a[i] - b[i], 2);
    }
    return Math.sqrt(squares);
  }
}
