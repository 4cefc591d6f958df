package io.sftjob.trainer.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The committed checkpoints of an output. */
public final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final Pattern NAME = Pattern.compile("step-([0-9]{1,18})");

  private final Output output;

  public Checkpoints(Output output) {
    this.output = output;
  }

  /** A checkpoint whose manifest can be read. */
  public record Found(Path folder, Manifest manifest) {
    public CheckpointState state() throws IOException {
      return Json.read(folder.resolve(CheckpointState.FILE), CheckpointState.class);
    }
  }

  /** All with a readable manifest, oldest first; their files are not verified. */
  public List<Found> list() throws IOException {
    var found = new ArrayList<Found>();
    for (Path folder : folders()) {
      try {
        found.add(new Found(folder, Manifest.read(folder)));
      } catch (IOException e) {
        LOG.debug("{} has no readable manifest: {}", folder, e.getMessage());
      }
    }
    return found;
  }

  /**
   * The newest that verifies. Newer ones that do not are named in the log and set aside for
   * inspection under another name, so that the same step can be saved again.
   */
  public Optional<Found> newestVerifying() throws IOException {
    for (Path folder : folders().reversed()) {
      Optional<Found> found = verified(folder);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Removes all but those that stay, and returns these. */
  List<Found> prune(Retention retention) throws IOException {
    var all = list();
    var kept = retention.of(all);
    for (var old : all) {
      if (kept.contains(old)) {
        continue;
      }
      // Without its manifest it no longer exists, however far the removal comes.
      Files.deleteIfExists(old.folder.resolve(Manifest.FILE));
      Partial.remove(old.folder);
      LOG.debug("Removed {}", old.folder);
    }
    return kept;
  }

  private static Optional<Found> verified(Path folder) throws IOException {
    var verdict = Manifest.verify(folder);
    if (verdict.problem() != null) {
      Aside.set(folder, verdict.problem());
      return Optional.empty();
    }
    return Optional.of(new Found(folder, verdict.manifest()));
  }

  /** The folders named like checkpoints, oldest first. */
  private List<Path> folders() throws IOException {
    if (!Files.isDirectory(output.checkpoints())) {
      return List.of();
    }
    try (var entries = Files.list(output.checkpoints())) {
      return entries
          .filter(f -> NAME.matcher(f.getFileName().toString()).matches())
          .sorted(Comparator.comparingLong(Checkpoints::step))
          .toList();
    }
  }

  private static long step(Path folder) {
    var name = NAME.matcher(folder.getFileName().toString());
    name.matches();
    return Long.parseLong(name.group(1));
  }
}
