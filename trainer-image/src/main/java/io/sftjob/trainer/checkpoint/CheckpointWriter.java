package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.store.Durable;
import io.sftjob.trainer.store.StorageFailure;
import io.sftjob.trainer.train.TrainState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes checkpoints: into a folder with a temporary name, the manifest last, everything synced,
 * then renamed; then the old ones are pruned.
 */
public final class CheckpointWriter {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

  private final Output output;
  private final Ownership ownership;
  private final RunFacts facts;
  private final TensorFiles files;
  private final Retention retention;
  private final Clock clock;

  /**
   * What is the same in every checkpoint of a process.
   *
   * @param data what the rows were made of
   * @param ledgers of the training and, if there are such, the evaluation rows
   * @param fill of the packed training rows
   */
  public record RunFacts(
      TrainingIdentity identity,
      Map<String, String> data,
      Map<String, Map<String, Long>> ledgers,
      double fill) {}

  public CheckpointWriter(
      Output output,
      Ownership ownership,
      RunFacts facts,
      TensorFiles files,
      Retention retention,
      Clock clock) {
    this.output = output;
    this.ownership = ownership;
    this.facts = facts;
    this.files = files;
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * Commits a checkpoint.
   *
   * @return all that are kept, this one last
   * @throws TrainerException if this process no longer owns the output, or with a storage code
   */
  public List<Checkpoints.Found> write(SaveRequest request) {
    try {
      return commit(request);
    } catch (IOException e) {
      ownership.requireAfter(e);
      throw StorageFailure.of("Saving checkpoint step-" + request.state().step(), e);
    }
  }

  private List<Checkpoints.Found> commit(SaveRequest request) throws IOException {
    TrainState state = request.state();
    Path folder = output.checkpoint(state.step());
    Path partial = Partial.of(folder, ownership.owner());
    long start = System.nanoTime();
    Durable.createFolders(output.checkpoints());
    Partial.remove(partial);
    Files.createDirectory(partial);
    files.write(partial, state);
    Files.write(partial.resolve(CheckpointState.FILE), Json.bytes(stateFile(request)));
    String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    var manifest =
        Manifest.of(
            partial,
            state.step(),
            ownership.owner().attempt(),
            facts.identity.hash(),
            request.evaluations().loss(),
            time);
    Files.write(partial.resolve(Manifest.FILE), Json.bytes(manifest));
    requireOrRemove(partial);
    Durable.commit(partial, folder);
    LOG.info(
        "Saved {} ({} MB, {} ms)",
        folder,
        manifest.sizeBytes() / 1_000_000,
        (System.nanoTime() - start) / 1_000_000);
    ownership.require();
    return new Checkpoints(output).prune(retention);
  }

  private void requireOrRemove(Path partial) throws IOException {
    try {
      ownership.require();
    } catch (TrainerException fenced) {
      Partial.remove(partial);
      throw fenced;
    }
  }

  private CheckpointState stateFile(SaveRequest request) {
    return new CheckpointState(
        request.state().counts(),
        ownership.owner().attempt(),
        ownership.owner().run(),
        facts.identity.fields(),
        facts.data,
        facts.ledgers,
        facts.fill,
        request.evaluations());
  }
}
