package io.sftjob.trainer.lora;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The tensors of an adapter in plain memory, A before B, modules in the order of computation. */
final class LoraTensors {
  private LoraTensors() {}

  /**
   * PEFT's initialisation: A ~ kaiming_uniform(a = √5) = U(-1/√in, 1/√in), B = 0. Each module draws
   * from a stream of its own, so that it does not depend on which others there are.
   */
  static List<HostTensor> initial(DecoderSpec spec, List<LoraModule> modules, int rank, long seed) {
    var tensors = new ArrayList<HostTensor>();
    for (LoraModule module : modules) {
      var stream = new SplitMix64(SplitMix64.seed(seed, module.path().hashCode()));
      int in = module.role().in(spec);
      ByteBuffer a = floats(rank * in);
      float bound = (float) (1 / Math.sqrt(in));
      for (int i = 0; i < rank * in; i++) {
        a.putFloat(4 * i, bound * (2 * stream.nextFloat() - 1));
      }
      long[] shapeOfB = module.shapeOfB(spec, rank);
      tensors.add(new HostTensor(module.nameOfA(), Dtype.F32, module.shapeOfA(spec, rank), a));
      tensors.add(
          new HostTensor(module.nameOfB(), Dtype.F32, shapeOfB, floats((int) shapeOfB[0] * rank)));
    }
    return tensors;
  }

  /**
   * The given tensors in the adapter's own order.
   *
   * @param what they are, for messages
   * @throws TrainerException if one is missing, left over, or of another shape or dtype
   */
  static List<HostTensor> checked(
      String what, DecoderSpec spec, List<LoraModule> modules, int rank, List<HostTensor> found) {
    Map<String, HostTensor> byName = new HashMap<>();
    found.forEach(tensor -> byName.put(tensor.name(), tensor));
    var ordered = new ArrayList<HostTensor>();
    for (LoraModule module : modules) {
      ordered.add(take(what, byName, module.nameOfA(), module.shapeOfA(spec, rank)));
      ordered.add(take(what, byName, module.nameOfB(), module.shapeOfB(spec, rank)));
    }
    if (!byName.isEmpty()) {
      throw refused(
          "%s: `%s` is there, which the adapter's configuration and this model do not have",
          what, String.join("`, `", new TreeSet<>(byName.keySet()).stream().limit(5).toList()));
    }
    return ordered;
  }

  private static HostTensor take(
      String what, Map<String, HostTensor> byName, String name, long[] shape) {
    HostTensor tensor = byName.remove(name);
    if (tensor == null) {
      throw refused("%s: no tensor `%s`", what, name);
    }
    if (tensor.dtype() != Dtype.F32 || !Arrays.equals(tensor.shape(), shape)) {
      throw refused(
          "%s: tensor `%s` is %s %s; expected F32 %s",
          what, name, tensor.dtype(), Arrays.toString(tensor.shape()), Arrays.toString(shape));
    }
    return tensor;
  }

  private static ByteBuffer floats(int count) {
    return ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static TrainerException refused(String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, message.formatted(values));
  }
}
