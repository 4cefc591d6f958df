package io.sftjob.trainer.merge;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.lora.WeightChanges;
import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.modelfiles.NewFolder;
import io.sftjob.trainer.modelfiles.Shards;
import io.sftjob.trainer.modelfiles.SideFiles;
import io.sftjob.trainer.safetensors.SafetensorsStream;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.safetensors.TensorInfo;
import io.sftjob.trainer.store.StorageFailure;
import io.sftjob.trainer.torch.Autograd;
import io.sftjob.trainer.torch.HostMemory;
import io.sftjob.trainer.torch.Kernels;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges an adapter into its base: a checkpoint of 16 bits under the base's own names, written one
 * tensor at a time into a folder with a temporary name, checked, then renamed.
 */
public final class Merge {
  private static final Logger LOG = LoggerFactory.getLogger(Merge.class);

  private final Request request;

  /**
   * @param dtype absent: the base's, if that has 16 bits, else BFloat16
   * @param maxShardBytes of the tensors in a file
   */
  public record Request(
      Path model, Path adapter, Path out, Optional<MergeDtype> dtype, long maxShardBytes) {}

  private Merge(Request request) {
    this.request = request;
  }

  /**
   * @throws TrainerException if base or adapter can not be used, the folder is not empty, or the
   *     merged model says something else than base and adapter
   */
  public static void run(Request request) {
    try {
      new Merge(request).run();
    } catch (IOException e) {
      throw StorageFailure.of("Writing the merged checkpoint", e);
    }
  }

  private void run() throws IOException {
    requireFolder();
    requireUnquantized();
    var saved = PeftFiles.read(request.adapter());
    var folder = write(saved);
    var check = LogitsCheck.run(request.model(), request.adapter(), saved, folder.unfinished());
    if (!check.passes()) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "The merged checkpoint is not what base and adapter are together: %s. It is kept for inspection in %s."
              .formatted(check, folder.unfinished()));
    }
    LOG.info("Checked: {}", check);
    folder.commit();
    LOG.info("The merged checkpoint is in {}", request.out());
  }

  private NewFolder write(PeftFiles.Saved saved) throws IOException {
    Kernels kernels = Kernels.load(Device.cpu());
    try (kernels;
        var mode = Autograd.notRecording();
        var base = Checkpoint.open(request.model(), kernels)) {
      var changes = WeightChanges.of(request.adapter().toString(), saved, base.spec());
      ObjectNode config = SideFiles.readConfig(request.model());
      MergeDtype dtype = request.dtype().orElseGet(() -> MergeDtype.of(config));
      var weights = new MergedWeights(base, changes, dtype, kernels);
      // Only now, when nothing is left to be refused that can be seen without computing.
      var out = NewFolder.at(request.out());
      Path folder = out.unfinished();
      var shards = Shards.of(weights.tensors(), request.maxShardBytes());
      LOG.info(
          "Merging {} modules into {}, {} in {} files",
          changes.count(),
          request.model(),
          dtype,
          shards.files().size());
      for (var file : shards.files().sequencedEntrySet()) {
        writeShard(folder.resolve(file.getKey()), file.getValue(), weights, kernels);
        LOG.info("Wrote {}", file.getKey());
      }
      if (shards.isSharded()) {
        SideFiles.writeJson(folder.resolve(Shards.INDEX), shards.index());
      }
      if (weights.comeApart()) {
        LOG.info(
            "Embedding and head, one tensor in the base, are two now: tie_word_embeddings is false");
        config.put("tie_word_embeddings", false);
      }
      dtype.putInto(config);
      SideFiles.writeConfig(folder, config);
      LOG.info("Copied {}", String.join(", ", SideFiles.copy(request.model(), folder)));
      return out;
    }
  }

  private static void writeShard(
      Path file, List<TensorInfo> tensors, MergedWeights weights, Kernels kernels)
      throws IOException {
    try (var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      var stream = SafetensorsStream.begin(out, tensors, SafetensorsWriter.PYTORCH);
      for (TensorInfo tensor : stream.order()) {
        try (NDManager scope = kernels.manager().newSubManager()) {
          NDArray values = weights.compute(scope, tensor);
          HostMemory.pieces(kernels, values, tensor.dtype().bytes(), stream::write);
        }
      }
      stream.finish();
    }
  }

  private void requireFolder() {
    if (!Files.exists(request.model())) {
      throw new TrainerException(
          ExitCode.ModelNotUsable, "--model %s does not exist.".formatted(request.model()));
    }
    if (!Files.isDirectory(request.model())) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "--model %s is no folder. A GGUF file can not be merged into, as its weights are quantized: take the checkpoint that it was made from, a folder with config.json."
              .formatted(request.model()));
    }
  }

  /** Rounding to four or eight bits and back would be merged in with the adapter. */
  private void requireUnquantized() throws IOException {
    if (SideFiles.isQuantized(request.model())) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "--model %s is quantized (`quantization_config` in its config.json). Merge into the checkpoint of 16 bits that it was made from."
              .formatted(request.model()));
    }
  }
}
