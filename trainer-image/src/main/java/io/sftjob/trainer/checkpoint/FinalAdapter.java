package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.store.Durable;
import io.sftjob.trainer.store.StorageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The run's result: PEFT's two files and a manifest, the same bytes as in the last checkpoint.
 * Files for people, whose card may be edited, stand beside them and not in the manifest.
 */
public record FinalAdapter(Path folder, Manifest manifest) {
  private static final List<String> FILES =
      List.of(TensorFiles.ADAPTER, TensorFiles.ADAPTER_CONFIG);

  /** The one that an earlier process has written; a broken one is set aside. */
  static Optional<FinalAdapter> find(Output output) throws IOException {
    if (!Files.exists(output.adapter())) {
      return Optional.empty();
    }
    var verdict = Manifest.verify(output.adapter(), FILES);
    if (verdict.problem() != null) {
      Aside.set(output.adapter(), verdict.problem());
      return Optional.empty();
    }
    return Optional.of(new FinalAdapter(output.adapter(), verdict.manifest()));
  }

  /**
   * Commits the last checkpoint's adapter as the result.
   *
   * @param beside files for people, by name
   */
  public static FinalAdapter write(
      Output output, Ownership ownership, Checkpoints.Found last, Map<String, byte[]> beside) {
    try {
      return commit(output, ownership, last, beside);
    } catch (IOException e) {
      ownership.requireAfter(e);
      throw StorageFailure.of("Writing the adapter", e);
    }
  }

  private static FinalAdapter commit(
      Output output, Ownership ownership, Checkpoints.Found last, Map<String, byte[]> beside)
      throws IOException {
    Path partial = Partial.of(output.adapter(), ownership.owner());
    Partial.remove(partial);
    Files.createDirectory(partial);
    for (String file : FILES) {
      Files.copy(last.folder().resolve(file), partial.resolve(file));
    }
    var of = last.manifest();
    var manifest =
        Manifest.of(partial, of.step(), of.attempt(), of.specHash(), of.evalLoss(), of.time());
    requireUnchanged(last, manifest);
    Files.write(partial.resolve(Manifest.FILE), Json.bytes(manifest));
    for (var file : beside.entrySet()) {
      Files.write(partial.resolve(file.getKey()), file.getValue());
    }
    ownership.require();
    Durable.commit(partial, output.adapter());
    return new FinalAdapter(output.adapter(), manifest);
  }

  /** The checkpoint was whole when it was saved; what is copied now must be the same. */
  private static void requireUnchanged(Checkpoints.Found last, Manifest copied) throws IOException {
    for (String file : FILES) {
      if (!copied.file(file).equals(last.manifest().file(file))) {
        throw new IOException(
            "%s was changed after it was saved; the next process goes on from a checkpoint that verifies"
                .formatted(last.folder().resolve(file)));
      }
    }
  }
}
