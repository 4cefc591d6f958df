package io.sftjob.trainer.quantize;

import ai.djl.Device;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.modelfiles.NewFolder;
import io.sftjob.trainer.modelfiles.Shards;
import io.sftjob.trainer.modelfiles.SideFiles;
import io.sftjob.trainer.quant.BitsAndBytesConfig;
import io.sftjob.trainer.quant.BitsAndBytesSource;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.safetensors.SafetensorsSlots;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.safetensors.TensorInfo;
import io.sftjob.trainer.store.StorageFailure;
import io.sftjob.trainer.torch.Autograd;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quantizes a checkpoint into bitsandbytes' files, which transformers loads: one tensor at a time,
 * into a folder with a temporary name that is renamed at the end.
 */
public final class Quantize {
  private static final Logger LOG = LoggerFactory.getLogger(Quantize.class);

  private final Request request;

  /**
   * @param maxShardBytes of the tensors in a file
   */
  public record Request(Path model, Path out, QuantConfig config, long maxShardBytes) {}

  private Quantize(Request request) {
    this.request = request;
  }

  /**
   * @throws TrainerException if the checkpoint can not be used, is quantized already or holds
   *     values that are no numbers, or the folder is not empty
   */
  public static void run(Request request) {
    try {
      new Quantize(request).run();
    } catch (IOException e) {
      throw StorageFailure.of("Writing the quantized checkpoint", e);
    }
  }

  private void run() throws IOException {
    requireFolder();
    ObjectNode config = SideFiles.readConfig(request.model());
    requireDense(config);
    var folder = NewFolder.at(request.out());
    try {
      write(config, folder.unfinished());
    } catch (TrainerException e) {
      folder.discard();
      throw e;
    }
    folder.commit();
    LOG.info("The quantized checkpoint is in {}", request.out());
  }

  private void write(ObjectNode config, Path folder) throws IOException {
    try (Kernels kernels = Kernels.load(Device.cpu());
        var mode = Autograd.notRecording();
        var base = Checkpoint.open(request.model(), kernels)) {
      if (base.tensors() instanceof BitsAndBytesSource) {
        throw quantizedAlready("its weights are in bitsandbytes' layout");
      }
      var weights = new QuantizedWeights(base, request.config(), kernels);
      Map<String, List<TensorInfo>> planned = weights.planned();
      var shards = Shards.ofGroups(List.copyOf(planned.values()), request.maxShardBytes());
      LOG.info(
          "Quantizing {} linears of {} as {}, in {} files",
          weights.count(),
          request.model(),
          request.config(),
          shards.files().size());
      for (var file : shards.files().sequencedEntrySet()) {
        writeShard(folder.resolve(file.getKey()), file.getValue(), planned, weights);
        LOG.info("Wrote {}", file.getKey());
      }
      if (shards.isSharded()) {
        SideFiles.writeJson(folder.resolve(Shards.INDEX), shards.index());
      }
      config.putPOJO(
          BitsAndBytesConfig.FIELD, BitsAndBytesConfig.json(request.config(), compute(config)));
      SideFiles.writeConfig(folder, config);
      List<String> copied = SideFiles.copy(request.model(), folder);
      LOG.info("Copied {}", copied.isEmpty() ? "nothing else" : String.join(", ", copied));
    }
  }

  private static void writeShard(
      Path file,
      List<TensorInfo> tensors,
      Map<String, List<TensorInfo>> planned,
      QuantizedWeights weights)
      throws IOException {
    // The first part of a tensor has its name.
    var names = tensors.stream().map(TensorInfo::name).filter(planned::containsKey).toList();
    try (var slots = SafetensorsSlots.create(file, tensors, SafetensorsWriter.PYTORCH)) {
      for (String name : names) {
        weights.write(name, slots::write);
      }
      slots.finish();
    }
  }

  /** What config.json says that the model computes in; BFloat16 where it says nothing. */
  private static TorchDtype compute(ObjectNode config) {
    String named = config.path("torch_dtype").asText(config.path("dtype").asText(""));
    return Arrays.stream(TorchDtype.values())
        .filter(dtype -> dtype.isFloat() && dtype.name().toLowerCase(Locale.ROOT).equals(named))
        .findFirst()
        .orElse(TorchDtype.BFLOAT16);
  }

  private void requireFolder() {
    Path model = request.model();
    if (!Files.exists(model)) {
      throw refused("--model %s does not exist.", model);
    }
    if (!Files.isDirectory(model)) {
      throw refused(
          "--model %s is no folder. A GGUF file is quantized already: take the checkpoint that it was made from, a folder with config.json.",
          model);
    }
  }

  private void requireDense(ObjectNode config) {
    if (config.hasNonNull(BitsAndBytesConfig.FIELD)) {
      String method = config.path(BitsAndBytesConfig.FIELD).path("quant_method").asText("unknown");
      throw quantizedAlready(
          "its config.json has `%s` with the method `%s`"
              .formatted(BitsAndBytesConfig.FIELD, method));
    }
  }

  private TrainerException quantizedAlready(String because) {
    return refused(
        "--model %s is quantized already: %s. Take the checkpoint that it was made from.",
        request.model(), because);
  }

  private static TrainerException refused(String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, message.formatted(values));
  }
}
