package io.sftjob.trainer.checkpoint;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.store.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Fences an output: the process that wrote {@code owner.json} last owns it, and every other finds
 * that out before its next commit.
 */
public final class Ownership {
  private final Output output;
  private final Owner owner;

  private Ownership(Output output, Owner owner) {
    this.output = output;
    this.owner = owner;
  }

  /** The last process that took the output. */
  public static Optional<Owner> current(Output output) throws IOException {
    return Files.exists(output.owner())
        ? Optional.of(Json.read(output.owner(), Owner.class))
        : Optional.empty();
  }

  /** Takes the output over from whoever had it. */
  public static Ownership claim(Output output, String run, String jobUid, String podUid)
      throws IOException {
    Optional<Owner> before = current(output);
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    var owner =
        new Owner(
            run,
            jobUid,
            podUid,
            before.map(Owner::begun).orElse(now),
            1 + before.map(Owner::attempt).orElse(0));
    Durable.write(output.owner(), Json.bytes(owner));
    return new Ownership(output, owner);
  }

  public Owner owner() {
    return owner;
  }

  /**
   * To be called after a failed write: a process that lost the output may have lost its temporary
   * files to the new owner, and being fenced is then the true reason.
   */
  void requireAfter(IOException failure) {
    try {
      require();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** To be called before each commit. */
  public void require() throws IOException {
    Owner now = current(output).orElse(null);
    if (!owner.equals(now)) {
      throw new TrainerException(
          ExitCode.Preempted,
          "This process (pod %s, attempt %d) no longer owns %s: %s. It stops without writing; the owner goes on from the newest checkpoint."
              .formatted(
                  owner.podUid(),
                  owner.attempt(),
                  output.root(),
                  now == null
                      ? "owner.json was removed"
                      : "pod %s took it over as attempt %d"
                          .formatted(now.podUid(), now.attempt())));
    }
  }
}
