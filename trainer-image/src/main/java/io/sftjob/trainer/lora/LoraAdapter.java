package io.sftjob.trainer.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.trainer.lora.WholeModule.Part;
import io.sftjob.trainer.model.Adapter;
import io.sftjob.trainer.model.Decoder;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.LinearRole;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.torch.Autograd;
import io.sftjob.trainer.torch.HostMemory;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An adapter's weights on the device: float32 leaves that gather gradients. */
public final class LoraAdapter implements Adapter, AutoCloseable {
  private final LoraConfig config;
  private final DecoderSpec spec;
  private final Placement placement;
  private final Kernels kernels;
  private final NDManager manager;
  private final List<String> names = new ArrayList<>();
  private final List<NDArray> parameters = new ArrayList<>();
  private final Map<Integer, Map<LinearRole, List<NDArray>>> linears = new HashMap<>();
  private final Map<Part, NDArray> whole = new EnumMap<>(Part.class);

  private LoraAdapter(LoraConfig config, DecoderSpec spec, Placement placement, Kernels kernels) {
    this.config = config;
    this.spec = spec;
    this.placement = placement;
    this.kernels = kernels;
    this.manager = kernels.manager().newSubManager();
  }

  /**
   * A new one: the product of A and B is zero, and what is trained whole begins as the model's.
   *
   * @throws io.sftjob.trainer.TrainerException if a module that the configuration names does not
   *     exist
   */
  public static LoraAdapter initial(LoraConfig config, Decoder decoder, long seed) {
    var spec = decoder.spec();
    var placement = Placement.of(spec, config, Origin.SPEC);
    var adapter = new LoraAdapter(config, spec, placement, decoder.kernels());
    adapter.addLinears(LoraTensors.initial(spec, placement.linears(), seed));
    for (WholeModule module : placement.whole()) {
      adapter.add(module, adapter.copy(module.part(), decoder));
    }
    return adapter;
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
    var placement = Placement.of(spec, config, new Origin(what));
    var checked = LoraTensors.checked(what, spec, placement, tensors);
    var adapter = new LoraAdapter(config, spec, placement, kernels);
    int linears = 2 * placement.linears().size();
    adapter.addLinears(checked.subList(0, linears));
    for (int i = 0; i < placement.whole().size(); i++) {
      adapter.add(placement.whole().get(i), adapter.upload(checked.get(linears + i)));
    }
    return adapter;
  }

  private void addLinears(List<HostTensor> tensors) {
    int at = 0;
    for (LoraModule module : placement.linears()) {
      NDArray a = leaf(module.nameOfA(), upload(tensors.get(at++)));
      NDArray b = leaf(module.nameOfB(), upload(tensors.get(at++)));
      NDArray scale =
          kernels.tensor(manager, "number", config.scale(module.rank(), module.alpha()));
      linears
          .computeIfAbsent(module.layer(), l -> new EnumMap<>(LinearRole.class))
          .put(module.role(), List.of(a, b, scale));
    }
  }

  private void add(WholeModule module, NDArray weight) {
    whole.put(module.part(), leaf(module.nameOfWeight(), weight));
  }

  private NDArray leaf(String name, NDArray parameter) {
    parameter.setRequiresGradient(true);
    names.add(name);
    parameters.add(parameter);
    return parameter;
  }

  private NDArray upload(HostTensor tensor) {
    return HostMemory.upload(kernels, manager, tensor.data(), tensor.shape());
  }

  private NDArray copy(Part part, Decoder decoder) {
    NDArray weight =
        switch (part) {
          case Embedding -> decoder.embedding();
          case Head -> decoder.storedHead();
        };
    try (var mode = Autograd.notRecording();
        NDManager scope = kernels.manager().newSubManager()) {
      return kernels.tensor(manager, "clone", kernels.convert(scope, weight, TorchDtype.FLOAT32));
    }
  }

  /** Must be called once before gradients are gathered for what is trained whole. */
  public void beginGradients() {
    for (NDArray weight : whole.values()) {
      try (NDArray zeros = kernels.tensor(manager, "zeros", weight.getShape().getShape(), weight)) {
        Autograd.backward(weight, zeros);
      }
    }
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
    return LoraTensors.checked(what, spec, placement, tensors);
  }

  /** All A and B, then the weights of whole modules; float32. */
  public List<NDArray> parameters() {
    return parameters;
  }

  /** Below this layer nothing needs a gradient; -1 if the embedding does. */
  public int lowestLayer() {
    return whole.containsKey(Part.Embedding) ? -1 : placement.linears().getFirst().layer();
  }

  @Override
  public double dropout() {
    return config.dropout();
  }

  @Override
  public List<NDArray> of(int layer, LinearRole role) {
    return linears.getOrDefault(layer, Map.of()).getOrDefault(role, List.of());
  }

  @Override
  public Optional<NDArray> embedding() {
    return Optional.ofNullable(whole.get(Part.Embedding));
  }

  @Override
  public Optional<NDArray> head() {
    return Optional.ofNullable(whole.get(Part.Head));
  }

  /** The same weights without dropout. */
  public Adapter evaluating() {
    return new WithoutDropout(this);
  }

  private record WithoutDropout(Adapter adapter) implements Adapter {
    @Override
    public double dropout() {
      return 0;
    }

    @Override
    public List<NDArray> of(int layer, LinearRole role) {
      return adapter.of(layer, role);
    }

    @Override
    public Optional<NDArray> embedding() {
      return adapter.embedding();
    }

    @Override
    public Optional<NDArray> head() {
      return adapter.head();
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
