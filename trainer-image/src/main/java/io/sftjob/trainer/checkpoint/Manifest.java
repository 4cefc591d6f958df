package io.sftjob.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.sftjob.trainer.store.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a folder holds, written after everything else: a folder without a verifying manifest does
 * not exist.
 *
 * @param specHash of {@link TrainingIdentity}
 * @param evalLoss the newest when it was saved; absent before the first evaluation
 * @param time when it was saved, RFC 3339
 * @param sha256 of all the others
 */
public record Manifest(
    int version,
    long step,
    int attempt,
    String specHash,
    Double evalLoss,
    String time,
    List<Entry> files,
    String sha256) {
  public static final String FILE = "manifest.json";
  static final int VERSION = 2;

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

  /** Of all that is in the folder. */
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
    return new Manifest(VERSION, step, attempt, specHash, evalLoss, time, entries, null).sealed();
  }

  private Manifest sealed() {
    var text = new StringBuilder();
    text.append(List.of(version, step, attempt)).append(Arrays.asList(specHash, evalLoss, time));
    files.forEach(f -> text.append(f.name).append('=').append(f.size).append(f.sha256));
    String seal = Digest.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
    return new Manifest(version, step, attempt, specHash, evalLoss, time, files, seal);
  }

  /**
   * What a folder's manifest was found to be.
   *
   * @param manifest null where it can not be used
   * @param problem null where all is well
   */
  record Verdict(Manifest manifest, String problem) {}

  /**
   * Looks at the manifest alone. An error of the storage says nothing of the folder: it is thrown.
   */
  static Verdict look(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return new Verdict(null, FILE + " is missing");
    }
    try {
      var manifest = Json.parse(Files.readAllBytes(file), Manifest.class);
      return manifest
          .problem()
          .map(problem -> new Verdict(null, FILE + " " + problem))
          .orElseGet(() -> new Verdict(manifest, null));
    } catch (JsonProcessingException e) {
      return new Verdict(null, FILE + " can not be read: " + e.getOriginalMessage());
    }
  }

  private Optional<String> problem() {
    if (version != VERSION) {
      return Optional.of("has version %d, expected %d".formatted(version, VERSION));
    }
    return equals(sealed())
        ? Optional.empty()
        : Optional.of("does not have the SHA-256 that stands in it");
  }

  /**
   * Compares a folder with its manifest.
   *
   * @param needed files that it must hold
   */
  static Verdict verify(Path folder, List<String> needed) throws IOException {
    var found = look(folder);
    return found.problem != null
        ? found
        : new Verdict(found.manifest, found.manifest.differenceTo(folder, needed).orElse(null));
  }

  private Optional<String> differenceTo(Path folder, List<String> needed) throws IOException {
    for (String name : needed) {
      if (files.stream().noneMatch(f -> f.name.equals(name))) {
        return Optional.of("%s does not name %s".formatted(FILE, name));
      }
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
