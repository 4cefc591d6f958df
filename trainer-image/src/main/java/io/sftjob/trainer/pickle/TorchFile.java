package io.sftjob.trainer.pickle;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.mapped.MappedFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The state dict in a file that {@code torch.save} wrote (PyTorch 1.6 and later): which tensors
 * there are, and where they lie. Opening reads the archive's directory and the pickle; no code of
 * the file is run, and no storage is read.
 */
public final class TorchFile {
  private final Path path;
  private final Map<String, TorchTensor> tensors;

  private TorchFile(Path path, Map<String, TorchTensor> tensors) {
    this.path = path;
    this.tensors = tensors;
  }

  /**
   * @throws TrainerException {@link ExitCode#ModelNotUsable} for a file that is truncated or of
   *     another kind, or whose pickle holds anything but tensors by name; {@link
   *     ExitCode#StorageRefused} if it can not be opened
   */
  public static TorchFile open(Path path) {
    return MappedFile.open(
        path,
        (arena, bytes) -> {
          try {
            var file = new TorchFile(path, read(bytes));
            arena.close();
            return file;
          } catch (BadPickle e) {
            throw new TrainerException(
                ExitCode.ModelNotUsable,
                path + ": not a usable PyTorch file: " + e.getMessage(),
                e);
          }
        });
  }

  private static Map<String, TorchTensor> read(MemorySegment bytes) {
    FileStart.requireZip(bytes);
    TorchArchive archive = TorchArchive.read(bytes);
    Object root = Unpickler.read(new PickleInput(archive.pickle()), new TorchVocabulary());
    if (!(root instanceof Map<?, ?> stateDict)) {
      throw new BadPickle("it holds no dictionary of tensors by name");
    }
    var tensors = new LinkedHashMap<String, TorchTensor>();
    stateDict.forEach(
        (name, value) -> {
          if (!(name instanceof String text && value instanceof StridedView view)) {
            throw new BadPickle(
                "it holds something else than a tensor under `%s`; a model's weights are a dictionary of tensors by name. If it is a training checkpoint, save the model's state dict alone",
                BadPickle.shown(String.valueOf(name)));
          }
          tensors.put(text, Views.checked(text, view, archive));
        });
    return tensors;
  }

  public Path path() {
    return path;
  }

  /** All tensors, in the order of the state dict. */
  public List<TorchTensor> tensors() {
    return List.copyOf(tensors.values());
  }

  public Optional<TorchTensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }
}
