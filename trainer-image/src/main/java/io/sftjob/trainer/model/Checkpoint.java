package io.sftjob.trainer.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.gguf.GgufFile;
import io.sftjob.trainer.quant.BitsAndBytesSource;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchDtype;
import io.sftjob.trainer.weights.Checked;
import io.sftjob.trainer.weights.GgufSource;
import io.sftjob.trainer.weights.TensorSource;
import io.sftjob.trainer.weights.WeightsFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A model as it lies on disk: what it is, and its tensors, checked to be exactly those that it
 * needs.
 */
public record Checkpoint(DecoderSpec spec, TensorSource tensors, List<AutoCloseable> resources)
    implements AutoCloseable {

  /**
   * @param path a folder with config.json and weights, or a .gguf file
   * @throws TrainerException if the model can not be used, naming what is wrong
   */
  public static Checkpoint open(Path path, Kernels kernels) {
    if (!Files.exists(path)) {
      throw new TrainerException(ExitCode.StorageRefused, path + ": no such file or folder");
    }
    return Files.isDirectory(path) ? folder(path, kernels) : gguf(path, kernels);
  }

  /** What {@code Auto} is: Float32 if all is stored as float32, else BFloat16. */
  public ModelDtype autoDtype() {
    return tensors.names().stream().allMatch(this::isFloat32)
        ? ModelDtype.Float32
        : ModelDtype.BFloat16;
  }

  /** Whether any tensor is stored as float16. */
  boolean holdsFloat16() {
    return tensors.names().stream().anyMatch(name -> tensors.storedAs(name).equals("F16"));
  }

  /** Which stored dtypes there are, each with its number of tensors, the most frequent first. */
  public String storedDtypes() {
    Map<String, Long> counts =
        tensors.names().stream()
            .collect(Collectors.groupingBy(tensors::storedAs, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .map(entry -> "%s (%,d)".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** Blocks of a GGUF, as floats, are float32 too; they say nothing of what they were made of. */
  private boolean isFloat32(String name) {
    return tensors.storedAs(name).equals("F32")
        || tensors instanceof BitsAndBytesSource && tensors.dtype(name) == TorchDtype.FLOAT32;
  }

  private static Checkpoint folder(Path path, Kernels kernels) {
    ConfigFile config = ConfigFile.read(path.resolve("config.json"));
    DecoderSpec spec = Families.spec(config);
    requireKnownQuantization(config);
    var tensors = dequantizable(WeightsFolder.open(path, kernels), kernels);
    return checked(
        new Checkpoint(spec, tensors, List.of(tensors)),
        () -> spec.layout().ignorable(spec.layers()),
        kernels);
  }

  private static void requireKnownQuantization(ConfigFile config) {
    JsonNode quantization = config.json().path("quantization_config");
    boolean known = quantization.path("quant_method").asText("bitsandbytes").equals("bitsandbytes");
    if (quantization.isObject() && !known) {
      throw config.refused(
          "`quantization_config` has the method %s; weights that were quantized before can be bitsandbytes' only",
          quantization.path("quant_method"));
    }
  }

  private static TensorSource dequantizable(TensorSource files, Kernels kernels) {
    try {
      return BitsAndBytesSource.isQuantized(files) ? BitsAndBytesSource.of(files, kernels) : files;
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private static Checkpoint gguf(Path path, Kernels kernels) {
    return checked(
        described(path, GgufFile.open(path), kernels),
        () -> Set.of(GgufConfig.ROPE_DIVISORS),
        kernels);
  }

  private static Checkpoint described(Path path, GgufFile file, Kernels kernels) {
    try {
      DecoderSpec spec = GgufConfig.spec(path, file);
      requirePlausible(path.toString(), spec, file.tensors().size());
      var tensors = new GgufTensors(GgufSource.open(path, file, kernels), spec, kernels);
      return new Checkpoint(spec, tensors, List.of(tensors, file));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static Checkpoint checked(
      Checkpoint checkpoint, Supplier<Set<String>> ignorable, Kernels kernels) {
    try {
      TensorSource tensors = checkpoint.tensors;
      requirePlausible(tensors.location(), checkpoint.spec, tensors.names().size());
      var accepted = new HashSet<>(ignorable.get());
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

  /** Before every tensor of every layer is listed: numbers that no model has. */
  private static void requirePlausible(String location, DecoderSpec spec, int tensors) {
    if (spec.layers() > tensors) {
      throw refused(
          "%s has %d tensors, too few for the %d layers of the configuration",
          location, tensors, spec.layers());
    }
    var attention = spec.attention();
    double features = (attention.heads() + 2.0 * attention.kvHeads()) * attention.headDim();
    if (Math.max(features, 2.0 * spec.mlp().intermediateSize()) > Integer.MAX_VALUE) {
      throw refused(
          "%s: %d heads and %d key-value heads of dimension %d, or %d features of the MLP, are more than any model has",
          location,
          attention.heads(),
          attention.kvHeads(),
          attention.headDim(),
          spec.mlp().intermediateSize());
    }
  }

  private static TrainerException refused(String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, message.formatted(values));
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
        throw refused(
            "%s: the configuration ties the embeddings, but `%s` differs from `%s`",
            tensors.location(), headName, embeddingName);
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
