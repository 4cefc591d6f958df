package io.sftjob.trainer.generate;

import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.generate.Completion.End;
import io.sftjob.trainer.lora.SplitMix64;
import io.sftjob.trainer.model.Adapter;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.KvCache;
import io.sftjob.trainer.torch.Autograd;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Completes prompts, one token at a time over a cache of keys and values. Used by one thread. */
public final class Generator {
  private final CausalLm model;
  private final Adapter adapter;

  /**
   * @param adapter {@link Adapter#NONE} for the base model
   */
  public Generator(CausalLm model, Adapter adapter) {
    this.model = model;
    this.adapter = adapter;
  }

  /**
   * @param onToken hears of each new token as soon as it is chosen; not of the stop token
   * @throws TrainerException if the prompt is empty or longer than the model's positions
   */
  public Completion generate(int[] prompt, GenerateOptions options, IntConsumer onToken) {
    int positions = model.spec().maxPositions();
    if (prompt.length == 0 || prompt.length > positions) {
      throw new TrainerException(
          ExitCode.DataNotUsable,
          "The prompt has %d tokens; expected 1 to %d, the model's positions"
              .formatted(prompt.length, positions));
    }
    int capacity = (int) Math.min(positions, (long) prompt.length + options.maxNewTokens() - 1);
    try (KvCache cache = model.decoder().cache(capacity);
        var mode = Autograd.notRecording()) {
      return complete(prompt, options, onToken, cache);
    }
  }

  private Completion complete(
      int[] prompt, GenerateOptions options, IntConsumer onToken, KvCache cache) {
    var random = new SplitMix64(options.seed());
    List<Integer> ids = new ArrayList<>();
    int[] input = prompt;
    while (true) {
      int next = next(input, options, random, cache);
      if (options.stopIds().contains(next)) {
        return new Completion(ids, End.StopToken);
      }
      ids.add(next);
      onToken.accept(next);
      if (ids.size() == options.maxNewTokens()) {
        return new Completion(ids, End.MaxNewTokens);
      }
      if (cache.length() == cache.capacity()) {
        return new Completion(ids, End.MaxPositions);
      }
      input = new int[] {next};
    }
  }

  private int next(int[] input, GenerateOptions options, SplitMix64 random, KvCache cache) {
    try (NDManager scope = model.kernels().manager().newSubManager()) {
      var logits = model.decoder().next(scope, input, cache, adapter);
      double u = options.temperature() == 0 ? 0 : random.nextDouble();
      return (int)
          model.kernels().integer("sample", logits, options.temperature(), options.topP(), u);
    }
  }
}
