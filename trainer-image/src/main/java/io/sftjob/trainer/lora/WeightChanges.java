package io.sftjob.trainer.lora;

import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.safetensors.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An adapter as what it does to a model's weights, by the names of the model's tensors. */
public final class WeightChanges {
  private final Map<String, LowRank> added = new HashMap<>();
  private final Map<String, HostTensor> replaced = new HashMap<>();

  /**
   * W becomes W + scale · B A.
   *
   * @param a [r, in] float32
   * @param b [out, r] float32
   */
  public record LowRank(HostTensor a, HostTensor b, double scale) {}

  private WeightChanges() {}

  /**
   * @param what the adapter is, for messages
   * @throws io.sftjob.trainer.TrainerException if the adapter is not of this model
   */
  public static WeightChanges of(String what, PeftFiles.Saved saved, DecoderSpec spec) {
    var config = saved.config();
    var placement = Placement.of(spec, config, new Origin(what));
    List<HostTensor> tensors = LoraTensors.checked(what, spec, placement, saved.tensors());
    var changes = new WeightChanges();
    int at = 0;
    for (LoraModule module : placement.linears()) {
      changes.added.put(
          module.path() + ".weight",
          new LowRank(
              tensors.get(at++), tensors.get(at++), config.scale(module.rank(), module.alpha())));
    }
    for (WholeModule module : placement.whole()) {
      changes.replaced.put(module.path() + ".weight", tensors.get(at++));
    }
    return changes;
  }

  public Optional<LowRank> added(String tensor) {
    return Optional.ofNullable(added.get(tensor));
  }

  /** The tensor in whose place this one comes, float32. */
  public Optional<HostTensor> replaced(String tensor) {
    return Optional.ofNullable(replaced.get(tensor));
  }

  /** Of linears and of whole modules. */
  public int count() {
    return added.size() + replaced.size();
  }
}
