package io.sftjob.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
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
  private static final List<String> FILES =
      List.of(
          TensorFiles.ADAPTER,
          TensorFiles.ADAPTER_CONFIG,
          TensorFiles.OPTIMIZER,
          CheckpointState.FILE);

  private final Output output;

  public Checkpoints(Output output) {
    this.output = output;
  }

  /** A checkpoint whose manifest is whole. */
  public record Found(Path folder, Manifest manifest) {
    public CheckpointState state() throws IOException {
      return Json.read(folder.resolve(CheckpointState.FILE), CheckpointState.class);
    }
  }

  /** All whose manifest is whole, oldest first; their other files are not verified. */
  public List<Found> list() throws IOException {
    var found = new ArrayList<Found>();
    for (Path folder : folders()) {
      var verdict = Manifest.look(folder);
      if (verdict.problem() == null) {
        found.add(new Found(folder, verdict.manifest()));
      } else {
        LOG.debug("{} is no checkpoint: {}", folder, verdict.problem());
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
      var verdict = verify(folder);
      if (verdict.problem() == null) {
        return Optional.of(new Found(folder, verdict.manifest()));
      }
      Aside.set(folder, verdict.problem());
    }
    return Optional.empty();
  }

  /**
   * Removes all but those that stay, and returns what is there then. As long as none of those that
   * stay verifies, nothing is removed: one of the others may be the last that does.
   */
  List<Found> prune(Retention retention) throws IOException {
    var all = list();
    var kept = retention.of(all);
    if (kept.size() == all.size()) {
      return all;
    }
    if (!anyVerifies(kept.reversed())) {
      LOG.warn("No checkpoint is removed from {}: none that would stay verifies", output.root());
      return all;
    }
    for (var old : all) {
      if (kept.contains(old)) {
        continue;
      }
      Partial.discard(old.folder);
      LOG.debug("Removed {}", old.folder);
    }
    return kept;
  }

  private static boolean anyVerifies(List<Found> candidates) throws IOException {
    for (var candidate : candidates) {
      if (verify(candidate.folder).problem() == null) {
        return true;
      }
    }
    return false;
  }

  private static Manifest.Verdict verify(Path folder) throws IOException {
    var verdict = Manifest.verify(folder, FILES);
    if (verdict.problem() != null) {
      return verdict;
    }
    long step = step(folder);
    if (verdict.manifest().step() != step) {
      return broken("it is of step %d by its manifest".formatted(verdict.manifest().step()));
    }
    try {
      long inState = new Found(folder, verdict.manifest()).state().counts().step();
      return inState == step
          ? verdict
          : broken("it is of step %d by its %s".formatted(inState, CheckpointState.FILE));
    } catch (JsonProcessingException e) {
      return broken(CheckpointState.FILE + " can not be read: " + e.getOriginalMessage());
    }
  }

  private static Manifest.Verdict broken(String problem) {
    return new Manifest.Verdict(null, problem);
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
