package io.sftjob.trainer.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.model.Adapter;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.torch.HostMemory;
import io.sftjob.trainer.torch.Kernels;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** LoRA weights on the device: float32 leaves that gather gradients. */
public final class LoraAdapter implements Adapter, AutoCloseable {
  private final LoraConfig config;
  private final DecoderSpec spec;
  private final List<LoraModule> modules;
  private final NDManager manager;
  private final List<String> names = new ArrayList<>();
  private final List<NDArray> parameters = new ArrayList<>();
  private final Map<Integer, Map<LinearRole, List<NDArray>>> byLayer = new HashMap<>();
  private final int lowestLayer;

  private LoraAdapter(
      LoraConfig config,
      DecoderSpec spec,
      List<LoraModule> modules,
      List<HostTensor> tensors,
      Kernels kernels) {
    this.config = config;
    this.spec = spec;
    this.modules = modules;
    this.manager = kernels.manager().newSubManager();
    for (HostTensor tensor : tensors) {
      NDArray parameter = HostMemory.upload(kernels, manager, tensor.data(), tensor.shape());
      parameter.setRequiresGradient(true);
      names.add(tensor.name());
      parameters.add(parameter);
    }
    for (int i = 0; i < modules.size(); i++) {
      byLayer
          .computeIfAbsent(modules.get(i).layer(), l -> new EnumMap<>(LinearRole.class))
          .put(modules.get(i).role(), List.copyOf(parameters.subList(2 * i, 2 * i + 2)));
    }
    this.lowestLayer = modules.getFirst().layer();
  }

  /**
   * A new one: the product is zero.
   *
   * @throws io.sftjob.trainer.TrainerException if a target module does not exist
   */
  public static LoraAdapter initial(
      LoraConfig config, DecoderSpec spec, Kernels kernels, long seed) {
    var modules = Placement.modules(spec, "spec.lora.targetModules", config.targetModules());
    return new LoraAdapter(
        config, spec, modules, LoraTensors.initial(spec, modules, config.rank(), seed), kernels);
  }

  /**
   * One with these weights.
   *
   * @param what they are, for messages
   * @throws io.sftjob.trainer.TrainerException if they are not those of this model and
   *     configuration
   */
  public static LoraAdapter of(
      String what, LoraConfig config, DecoderSpec spec, Kernels kernels, List<HostTensor> tensors) {
    var modules = Placement.modules(spec, what + ": target modules", config.targetModules());
    return new LoraAdapter(
        config,
        spec,
        modules,
        LoraTensors.checked(what, spec, modules, config.rank(), tensors),
        kernels);
  }

  public LoraConfig config() {
    return config;
  }

  /** PEFT's names, in the order of {@link #parameters}. */
  public List<String> names() {
    return names;
  }

  /**
   * Tensors of the parameters' names and shapes in their order.
   *
   * @param what they are, for messages
   * @throws io.sftjob.trainer.TrainerException if they have others
   */
  public List<HostTensor> inOrder(String what, List<HostTensor> tensors) {
    return LoraTensors.checked(what, spec, modules, config.rank(), tensors);
  }

  /** All A and B, float32. */
  public List<NDArray> parameters() {
    return parameters;
  }

  /** Below it nothing needs a gradient. */
  public int lowestLayer() {
    return lowestLayer;
  }

  @Override
  public double scale() {
    return config.scale();
  }

  @Override
  public double dropout() {
    return config.dropout();
  }

  @Override
  public List<NDArray> of(int layer, LinearRole role) {
    return byLayer.getOrDefault(layer, Map.of()).getOrDefault(role, List.of());
  }

  /** The same weights without dropout. */
  public Adapter evaluating() {
    LoraAdapter weights = this;
    return new Adapter() {
      @Override
      public double scale() {
        return weights.scale();
      }

      @Override
      public double dropout() {
        return 0;
      }

      @Override
      public List<NDArray> of(int layer, LinearRole role) {
        return weights.of(layer, role);
      }
    };
  }

  @Override
  public void close() {
    manager.close();
  }
}
