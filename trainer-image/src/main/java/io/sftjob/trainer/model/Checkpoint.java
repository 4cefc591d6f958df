package io.sftjob.trainer.model;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.gguf.GgufFile;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.Checked;
import io.sftjob.trainer.weights.GgufSource;
import io.sftjob.trainer.weights.TensorSource;
import io.sftjob.trainer.weights.WeightsFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A model as it lies on disk: what it is, and its tensors, checked to be exactly those that it
 * needs.
 */
record Checkpoint(DecoderSpec spec, TensorSource tensors, List<AutoCloseable> resources)
    implements AutoCloseable {

  /**
   * @param path a folder with config.json and weights, or a .gguf file
   * @throws TrainerException if the model can not be used, naming what is wrong
   */
  static Checkpoint open(Path path, Kernels kernels) {
    if (!Files.exists(path)) {
      throw new TrainerException(ExitCode.StorageRefused, path + ": no such file or folder");
    }
    return Files.isDirectory(path) ? folder(path, kernels) : gguf(path, kernels);
  }

  private static Checkpoint folder(Path path, Kernels kernels) {
    ConfigFile config = ConfigFile.read(path.resolve("config.json"));
    DecoderSpec spec = Families.spec(config);
    var tensors = WeightsFolder.open(path, kernels);
    return checked(
        new Checkpoint(spec, tensors, List.of(tensors)),
        spec.layout().ignorable(spec.layers()),
        kernels);
  }

  private static Checkpoint gguf(Path path, Kernels kernels) {
    GgufFile file = GgufFile.open(path);
    try {
      DecoderSpec spec = GgufConfig.spec(path, file);
      var tensors = new GgufTensors(GgufSource.open(path, file, kernels), spec, kernels);
      return checked(
          new Checkpoint(spec, tensors, List.of(tensors, file)),
          Set.of(GgufConfig.ROPE_DIVISORS),
          kernels);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Checkpoint checked(Checkpoint checkpoint, Set<String> ignorable, Kernels kernels) {
    try {
      var accepted = new HashSet<>(ignorable);
      Layout layout = checkpoint.spec.layout();
      if (checkpoint.spec.tiedEmbeddings() && holdsTheTiedHead(checkpoint, kernels)) {
        accepted.add(layout.head());
      }
      Checked.require(checkpoint.tensors, layout.shapes(checkpoint.spec), accepted);
      return checkpoint;
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  /** Some files repeat the embedding as the head; another head than it would be lost. */
  private static boolean holdsTheTiedHead(Checkpoint checkpoint, Kernels kernels) {
    String headName = checkpoint.spec.layout().head();
    String embeddingName = checkpoint.spec.layout().embedding();
    TensorSource tensors = checkpoint.tensors;
    if (!tensors.names().containsAll(Set.of(headName, embeddingName))) {
      return false;
    }
    TorchDtype dtype = TorchDtype.FLOAT32;
    try (var head = tensors.load(kernels.manager(), headName, dtype);
        var embedding = tensors.load(kernels.manager(), embeddingName, dtype)) {
      if (!kernels.bool("equal", head, embedding)) {
        throw new TrainerException(
            ExitCode.ModelNotUsable,
            "%s: the configuration ties the embeddings, but `%s` differs from `%s`"
                .formatted(tensors.location(), headName, embeddingName));
      }
      return true;
    }
  }

  @Override
  public void close() {
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
