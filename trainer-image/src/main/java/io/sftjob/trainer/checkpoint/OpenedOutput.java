package io.sftjob.trainer.checkpoint;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.store.Durable;
import io.sftjob.trainer.store.StorageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * An output that this process owns.
 *
 * @param identity what is trained
 * @param checkpoints all that are there, oldest first
 * @param newest the checkpoint to go on from
 * @param finished the result, if an earlier process has come to the end
 */
public record OpenedOutput(
    Output output,
    Ownership ownership,
    TrainingIdentity identity,
    List<Checkpoints.Found> checkpoints,
    Optional<Checkpoints.Found> newest,
    Optional<FinalAdapter> finished) {

  /**
   * Who opens an output, and for what.
   *
   * @param run see {@link Owner}
   * @param resume whether checkpoints of another run with the same identity may be gone on from
   */
  public record Claimant(
      String run, String jobUid, String podUid, TrainingIdentity identity, boolean resume) {}

  /**
   * Refuses what is another run's before it changes anything; then takes the output over.
   *
   * @throws TrainerException with {@link ExitCode#InvalidSpec} if it may not go on from what it
   *     finds, or with a storage code
   */
  public static OpenedOutput open(Output output, Claimant claimant) {
    try {
      Durable.createFolders(output.root());
      refuseAnotherRun(output, claimant);
      var ownership = Ownership.claim(output, claimant.run, claimant.jobUid, claimant.podUid);
      var checkpoints = new Checkpoints(output);
      Partial.removeFrom(output.root());
      Partial.removeFrom(output.checkpoints());
      var newest = checkpoints.newestVerifying();
      if (newest.isPresent()) {
        refuseAnotherIdentity(newest.get(), claimant);
      }
      return new OpenedOutput(
          output,
          ownership,
          claimant.identity,
          checkpoints.list(),
          newest,
          FinalAdapter.find(output));
    } catch (IOException e) {
      throw StorageFailure.of("Opening the output " + output.root(), e);
    }
  }

  private static void refuseAnotherRun(Output output, Claimant claimant) throws IOException {
    var found = new Checkpoints(output).list();
    boolean adapter = Files.exists(output.adapter());
    if (found.isEmpty() && !adapter) {
      return;
    }
    var owner = Ownership.current(output);
    if (owner.isEmpty()) {
      throw refused("%s holds files, but no owner.json of a run", output.root());
    }
    if (!claimant.resume && !owner.get().run().equals(claimant.run)) {
      throw refused(
          "%s holds the %s of another run, and spec.checkpoint.resume is Never",
          output.root(), found.isEmpty() ? "adapter" : "checkpoints");
    }
    if (!found.isEmpty()) {
      refuseAnotherIdentity(found.getLast(), claimant);
    }
    if (adapter) {
      var manifest = Manifest.look(output.adapter()).manifest();
      if (manifest != null && !manifest.specHash().equals(claimant.identity.hash())) {
        throw refused("%s was made by a run with another spec", output.adapter());
      }
    }
  }

  private static void refuseAnotherIdentity(Checkpoints.Found found, Claimant claimant)
      throws IOException {
    if (!found.manifest().specHash().equals(claimant.identity.hash())) {
      throw refused(
          "%s was saved by a run with another spec: %s",
          found.folder(), differences(found, claimant.identity));
    }
  }

  private static String differences(Checkpoints.Found found, TrainingIdentity identity)
      throws IOException {
    try {
      return identity.differencesFrom(new TrainingIdentity(found.state().identity()));
    } catch (IOException e) {
      return "in which fields is not known, as its state.json can not be read (%s)".formatted(e);
    }
  }

  private static TrainerException refused(String problem, Object... arguments) {
    return new TrainerException(
        ExitCode.InvalidSpec,
        "spec.output.uri: "
            + problem.formatted(arguments)
            + ". Nothing was changed there; choose another folder for this job.");
  }
}
