package io.sftjob.trainer.weights;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.torch.Kernels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The weights in a checkpoint's folder, in the files that transformers writes. */
public final class WeightsFolder {
  private static final Logger LOG = LoggerFactory.getLogger(WeightsFolder.class);

  /** The first that is there is read. */
  private static final List<Kind> KINDS =
      Stream.of(
              kinds("model.safetensors", SafetensorsSource::open),
              kinds("pytorch_model.bin", TorchSource::open))
          .flatMap(List::stream)
          .toList();

  private record Kind(
      String file, boolean index, BiFunction<Path, Kernels, ? extends TensorSource> open) {

    TensorSource open(Path folder, Kernels kernels) {
      Path path = folder.resolve(file);
      return index
          ? ShardedSource.open(folder, ShardIndex.read(path), shard -> open.apply(shard, kernels))
          : open.apply(path, kernels);
    }
  }

  private WeightsFolder() {}

  private static List<Kind> kinds(
      String single, BiFunction<Path, Kernels, ? extends TensorSource> open) {
    return List.of(new Kind(single + ".index.json", true, open), new Kind(single, false, open));
  }

  /**
   * @throws TrainerException if there are no weights, a file of them is missing or broken, or they
   *     are not where the index says
   */
  public static TensorSource open(Path folder, Kernels kernels) {
    List<Kind> found =
        KINDS.stream().filter(kind -> Files.exists(folder.resolve(kind.file))).toList();
    if (found.isEmpty()) {
      throw new TrainerException(
          ExitCode.ModelNotUsable,
          "%s has none of %s. Weights in other files must be converted to safetensors."
              .formatted(folder, names(KINDS)));
    }
    if (found.size() > 1) {
      LOG.info("{} has {}; {} is read", folder, names(found), found.getFirst().file);
    }
    return found.getFirst().open(folder, kernels);
  }

  private static String names(List<Kind> kinds) {
    return String.join(", ", kinds.stream().map(Kind::file).toList());
  }
}
