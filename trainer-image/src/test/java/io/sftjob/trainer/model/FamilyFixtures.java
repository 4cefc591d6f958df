package io.sftjob.trainer.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The tiny checkpoints of every family (parity/). */
public final class FamilyFixtures {
  private static final Path FOLDER = Path.of("src/test/resources/fixtures");

  private FamilyFixtures() {}

  /** Names of those that hold logits, losses, gradients and AdamW steps. */
  public static Stream<String> names() {
    return startingWith("family-")
        .filter(name -> Files.exists(FOLDER.resolve(name).resolve("adapter")));
  }

  /** Names of all those that begin so and hold at least logits. */
  public static Stream<String> startingWith(String prefix) {
    try (var folders = Files.list(FOLDER)) {
      List<String> names =
          folders
              .map(folder -> folder.getFileName().toString())
              .filter(name -> name.startsWith(prefix))
              .sorted()
              .toList();
      return names.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
