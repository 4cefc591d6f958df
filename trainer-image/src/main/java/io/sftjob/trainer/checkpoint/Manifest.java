package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.store.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a folder holds, written after everything else: a folder without a verifying manifest does
 * not exist.
 *
 * @param specHash of {@link TrainingIdentity}
 * @param evalLoss the newest when it was saved; absent before the first evaluation
 * @param time when it was saved, RFC 3339
 */
public record Manifest(
    int version,
    long step,
    int attempt,
    String specHash,
    Double evalLoss,
    String time,
    List<Entry> files) {
  public static final String FILE = "manifest.json";
  static final int VERSION = 1;

  public Manifest {
    files = files == null ? List.of() : List.copyOf(files);
  }

  /** A file of the folder. */
  public record Entry(String name, long size, String sha256) {
    private Optional<String> differenceTo(Path file) throws IOException {
      if (!Files.isRegularFile(file)) {
        return Optional.of(name + " is missing");
      }
      if (Files.size(file) != size) {
        return Optional.of(
            "%s has %d bytes, its manifest says %d".formatted(name, Files.size(file), size));
      }
      return Digest.of(file).sha256().equals(sha256)
          ? Optional.empty()
          : Optional.of(name + " does not have the SHA-256 of its manifest");
    }
  }

  static Manifest of(
      Path folder, long step, int attempt, String specHash, Double evalLoss, String time)
      throws IOException {
    var entries = new ArrayList<Entry>();
    try (var files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        var digest = Digest.of(file);
        entries.add(new Entry(file.getFileName().toString(), digest.size(), digest.sha256()));
      }
    }
    return new Manifest(VERSION, step, attempt, specHash, evalLoss, time, entries);
  }

  static Manifest read(Path folder) throws IOException {
    return Json.read(folder.resolve(FILE), Manifest.class);
  }

  /**
   * @param manifest null where it can not be read
   * @param problem null where the folder verifies
   */
  record Verdict(Manifest manifest, String problem) {}

  /** Compares a folder with its manifest. */
  static Verdict verify(Path folder) {
    try {
      var manifest = read(folder);
      return new Verdict(manifest, manifest.differenceTo(folder).orElse(null));
    } catch (IOException e) {
      return new Verdict(null, "its " + FILE + " can not be read: " + e.getMessage());
    }
  }

  private Optional<String> differenceTo(Path folder) throws IOException {
    if (version != VERSION) {
      return Optional.of("%s has version %d, expected %d".formatted(FILE, version, VERSION));
    }
    for (var expected : files) {
      var problem = expected.differenceTo(folder.resolve(expected.name));
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  public Entry file(String name) {
    return files.stream().filter(f -> f.name.equals(name)).findFirst().orElseThrow();
  }

  public long sizeBytes() {
    return files.stream().mapToLong(Entry::size).sum();
  }
}
