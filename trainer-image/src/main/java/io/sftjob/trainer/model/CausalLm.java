package io.sftjob.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.quant.Quantizer;
import io.sftjob.trainer.torch.Autograd;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model ready to compute: its description, its frozen weights and the kernels. */
public final class CausalLm implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CausalLm.class);

  private final Kernels kernels;
  private final NDManager weights;
  private final Decoder decoder;
  private final ModelDtype dtype;
  private final Optional<Checkpoint> source;

  private CausalLm(
      Kernels kernels,
      NDManager weights,
      Decoder decoder,
      ModelDtype dtype,
      Optional<Checkpoint> source) {
    this.kernels = kernels;
    this.weights = weights;
    this.decoder = decoder;
    this.dtype = dtype;
    this.source = source;
  }

  /**
   * Loads a model. Safetensors in the dtype of computation are used where they lie, so the files
   * must stay as long as the model does.
   *
   * @param path a folder with config.json and weights, or a .gguf file
   * @param dtype of weights and computation; Auto: Float32 if all is stored as float32, else
   *     BFloat16
   * @throws TrainerException if the model can not be used, naming file, field or tensor
   */
  public static CausalLm load(Path path, Device device, ModelDtype dtype, LoadListener listener) {
    return load(path, device, dtype, Optional.empty(), listener);
  }

  /**
   * @param quantization of the layers' linears; the embedding and the head stay as they are
   */
  public static CausalLm load(
      Path path,
      Device device,
      ModelDtype dtype,
      Optional<QuantConfig> quantization,
      LoadListener listener) {
    return load(path, device, dtype, quantization, listener, null);
  }

  /**
   * @param attention null: the fastest
   */
  static CausalLm load(
      Path path,
      Device device,
      ModelDtype dtype,
      Optional<QuantConfig> quantization,
      LoadListener listener,
      AttentionKind attention) {
    Kernels kernels = Kernels.load(device);
    try (var mode = Autograd.notRecording();
        Checkpoint checkpoint = Checkpoint.open(path, kernels)) {
      NDManager owner = kernels.manager().newSubManager();
      ModelDtype resolved = dtype == ModelDtype.Auto ? checkpoint.autoDtype() : dtype;
      LOG.info(
          "Weights stored as {}; computed in {}, as {}",
          checkpoint.storedDtypes(),
          resolved,
          reason(dtype, device, checkpoint));
      listener.opened(checkpoint, resolved);
      TorchDtype torchDtype = torchDtype(resolved);
      var quantizer = quantization.map(config -> new Quantizer(kernels, config));
      var weights =
          new WeightsLoader(
                  owner,
                  checkpoint.spec(),
                  checkpoint.tensors(),
                  torchDtype,
                  quantizer,
                  kernels,
                  listener)
              .load();
      var kind = attention == null ? AttentionKind.fastest(device, torchDtype) : attention;
      return new CausalLm(
          kernels,
          owner,
          new Decoder(owner, checkpoint.spec(), weights, kernels, kind),
          resolved,
          Optional.empty());
    } catch (RuntimeException e) {
      kernels.close();
      throw e;
    }
  }

  /**
   * A model that computes in float32 on the CPU and holds one layer at a time: each pass over the
   * layers reads the checkpoint.
   */
  public static CausalLm streamed(Path path) {
    Kernels kernels = Kernels.load(Device.cpu());
    try (var mode = Autograd.notRecording()) {
      var checkpoint = Checkpoint.open(path, kernels);
      NDManager owner = kernels.manager().newSubManager();
      var dtype = TorchDtype.FLOAT32;
      var weights =
          new WeightsLoader(
                  owner,
                  checkpoint.spec(),
                  checkpoint.tensors(),
                  dtype,
                  Optional.empty(),
                  kernels,
                  LoadListener.NONE)
              .streamed();
      var attention = AttentionKind.fastest(Device.cpu(), dtype);
      return new CausalLm(
          kernels,
          owner,
          new Decoder(owner, checkpoint.spec(), weights, kernels, attention),
          ModelDtype.Float32,
          Optional.of(checkpoint));
    } catch (RuntimeException e) {
      kernels.close();
      throw e;
    }
  }

  private static String reason(ModelDtype dtype, Device device, Checkpoint checkpoint) {
    if (dtype == ModelDtype.Float16 && !device.isGpu()) {
      return "asked for, in which CPUs are slow: BFloat16 takes the same memory";
    }
    if (dtype != ModelDtype.Auto) {
      return "asked for";
    }
    if (checkpoint.autoDtype() == ModelDtype.Float32) {
      return "dtype Auto does where all are stored so";
    }
    return checkpoint.holdsFloat16()
        ? "dtype Auto does for F16 too, whose last three bits it rounds; Float16 must be asked for"
        : "dtype Auto does where not all are stored as F32";
  }

  /** PyTorch's name of a dtype of computation; never Auto. */
  public static TorchDtype torchDtype(ModelDtype dtype) {
    return switch (dtype) {
      case Float32 -> TorchDtype.FLOAT32;
      case BFloat16 -> TorchDtype.BFLOAT16;
      case Float16 -> TorchDtype.FLOAT16;
      case Auto -> throw new IllegalArgumentException("Auto is resolved before");
    };
  }

  public DecoderSpec spec() {
    return decoder.spec();
  }

  /** What Auto was resolved to. */
  public ModelDtype dtype() {
    return dtype;
  }

  public Decoder decoder() {
    return decoder;
  }

  public Kernels kernels() {
    return kernels;
  }

  @Override
  public void close() {
    weights.close();
    source.ifPresent(Checkpoint::close);
    kernels.close();
  }
}
