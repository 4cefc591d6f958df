package io.sftjob.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.quant.Quantizer;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.torch.Autograd;
import io.sftjob.trainer.torch.HostMemory;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A dense model whose linears are those of a quantized one. */
public final class Dequantized {
  private Dequantized() {}

  /** Writes it into a folder, and loads it in float32. */
  public static CausalLm load(Path model, QuantConfig config, Path folder) throws IOException {
    Files.copy(
        model.resolve("config.json"),
        folder.resolve("config.json"),
        StandardCopyOption.REPLACE_EXISTING);
    var tensors = new ArrayList<HostTensor>();
    try (var kernels = Kernels.load(Device.cpu());
        var mode = Autograd.notRecording();
        var checkpoint = Checkpoint.open(model, kernels)) {
      DecoderSpec spec = checkpoint.spec();
      var linears = new ArrayList<String>();
      for (int layer = 0; layer < spec.layers(); layer++) {
        for (LinearRole role : spec.layout().roles()) {
          linears.add(spec.layout().module(layer, role) + ".weight");
        }
      }
      var quantizer = new Quantizer(kernels, config);
      for (String name : spec.layout().shapes(spec).keySet()) {
        NDArray weight = checkpoint.tensors().load(kernels.manager(), name, TorchDtype.FLOAT32);
        if (linears.contains(name)) {
          weight =
              quantizer
                  .quantize(kernels.manager(), name, weight, TorchDtype.FLOAT32)
                  .dequantize(kernels, kernels.manager(), TorchDtype.FLOAT32);
        }
        long[] shape = weight.getShape().getShape();
        tensors.add(
            new HostTensor(
                name, Dtype.F32, shape, HostMemory.download(List.of(weight)).getFirst()));
      }
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    return CausalLm.load(folder, Device.cpu(), ModelDtype.Float32, LoadListener.NONE);
  }
}
