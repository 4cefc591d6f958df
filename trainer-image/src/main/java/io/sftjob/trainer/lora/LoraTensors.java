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

/**
 * The tensors of an adapter in plain memory, A before B, linears in the order of computation, then
 * the modules that are trained whole.
 */
final class LoraTensors {
  private LoraTensors() {}

  /**
   * PEFT's initialisation of the linears: A ~ kaiming_uniform(a = √5) = U(-1/√in, 1/√in), B = 0.
   * Each module draws from a stream of its own, so that it does not depend on which others there
   * are.
   */
  static List<HostTensor> initial(DecoderSpec spec, List<LoraModule> linears, long seed) {
    var tensors = new ArrayList<HostTensor>();
    for (LoraModule module : linears) {
      var stream = new SplitMix64(SplitMix64.seed(seed, module.path().hashCode()));
      int in = module.role().in(spec);
      ByteBuffer a = floats(module.rank() * in);
      float bound = (float) (1 / Math.sqrt(in));
      for (int i = 0; i < module.rank() * in; i++) {
        a.putFloat(4 * i, bound * (2 * stream.nextFloat() - 1));
      }
      long[] shapeOfB = module.shapeOfB(spec);
      ByteBuffer b = floats((int) shapeOfB[0] * module.rank());
      tensors.add(new HostTensor(module.nameOfA(), Dtype.F32, module.shapeOfA(spec), a));
      tensors.add(new HostTensor(module.nameOfB(), Dtype.F32, shapeOfB, b));
    }
    return tensors;
  }

  /**
   * The given tensors in the adapter's own order and in float32.
   *
   * @param what they are, for messages
   * @throws TrainerException if one is missing, left over, or of another shape or dtype
   */
  static List<HostTensor> checked(
      String what, DecoderSpec spec, Placement placement, List<HostTensor> found) {
    Map<String, HostTensor> byName = new HashMap<>();
    found.forEach(tensor -> byName.put(tensor.name(), tensor));
    var ordered = new ArrayList<HostTensor>();
    for (LoraModule module : placement.linears()) {
      ordered.add(take(what, byName, module.nameOfA(), module.shapeOfA(spec)));
      ordered.add(take(what, byName, module.nameOfB(), module.shapeOfB(spec)));
    }
    for (WholeModule module : placement.whole()) {
      ordered.add(take(what, byName, module.nameOfWeight(), module.shape(spec)));
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
    HostTensor wide = Widened.of(tensor);
    if (wide.dtype() != Dtype.F32 || !Arrays.equals(tensor.shape(), shape)) {
      throw refused(
          "%s: tensor `%s` is %s %s; expected F32 %s",
          what, name, tensor.dtype(), Arrays.toString(tensor.shape()), Arrays.toString(shape));
    }
    return wide;
  }

  private static ByteBuffer floats(int count) {
    return ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static TrainerException refused(String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, message.formatted(values));
  }
}
