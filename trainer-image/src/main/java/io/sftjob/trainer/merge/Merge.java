package io.sftjob.trainer.merge;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.lora.WeightChanges;
import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.safetensors.SafetensorsStream;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.safetensors.TensorInfo;
import io.sftjob.trainer.store.Durable;
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
  private final Path unfinished;

  /**
   * @param dtype absent: the base's, if that has 16 bits, else BFloat16
   * @param maxShardBytes of the tensors in a file
   */
  public record Request(
      Path model, Path adapter, Path out, Optional<MergeDtype> dtype, long maxShardBytes) {}

  private Merge(Request request) {
    this.request = request;
    Path out = request.out().toAbsolutePath().normalize();
    this.unfinished = out.resolveSibling("." + out.getFileName() + ".unfinished");
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
    requirePlace();
    requireFolder();
    var saved = PeftFiles.read(request.adapter());
    removeUnfinished();
    Durable.createFolders(unfinished);
    write(saved);
    var check = LogitsCheck.run(request.model(), request.adapter(), saved, unfinished);
    if (!check.passes()) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "The merged checkpoint is not what base and adapter are together: %s. It is kept for inspection in %s."
              .formatted(check, unfinished));
    }
    LOG.info("Checked: {}", check);
    Files.deleteIfExists(request.out());
    Durable.commit(unfinished, request.out().toAbsolutePath().normalize());
    LOG.info("The merged checkpoint is in {}", request.out());
  }

  private void write(PeftFiles.Saved saved) throws IOException {
    Kernels kernels = Kernels.load(Device.cpu());
    try (kernels;
        var mode = Autograd.notRecording();
        var base = Checkpoint.open(request.model(), kernels)) {
      var changes = WeightChanges.of(request.adapter().toString(), saved, base.spec());
      MergeDtype dtype =
          request.dtype().isPresent() ? request.dtype().get() : BaseFiles.dtype(request.model());
      var weights = new MergedWeights(base, changes, dtype, kernels);
      var shards = Shards.of(weights.tensors(), request.maxShardBytes());
      LOG.info(
          "Merging {} modules into {}, {} in {} files",
          changes.count(),
          request.model(),
          dtype,
          shards.files().size());
      for (var file : shards.files().sequencedEntrySet()) {
        writeShard(unfinished.resolve(file.getKey()), file.getValue(), weights, kernels);
        LOG.info("Wrote {}", file.getKey());
      }
      if (shards.isSharded()) {
        BaseFiles.writeJson(unfinished.resolve(Shards.INDEX), shards.index());
      }
      if (weights.comeApart()) {
        LOG.info(
            "Embedding and head, one tensor in the base, are two now: tie_word_embeddings is false");
      }
      BaseFiles.writeConfig(request.model(), unfinished, dtype, weights.comeApart());
      LOG.info("Copied {}", String.join(", ", BaseFiles.copy(request.model(), unfinished)));
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

  private void requirePlace() throws IOException {
    Path out = request.out();
    if (Files.exists(out) && !isEmptyFolder(out)) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "--out %s is not empty. Nothing was changed there; choose another folder."
              .formatted(out));
    }
  }

  private static boolean isEmptyFolder(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (var entries = Files.list(path)) {
      return entries.findAny().isEmpty();
    }
  }

  private void removeUnfinished() throws IOException {
    if (!Files.exists(unfinished)) {
      return;
    }
    LOG.info("Removing {}, which a merge before this one has not finished", unfinished);
    try (var files = Files.list(unfinished)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(unfinished);
  }
}
