package io.sftjob.trainer.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.trainer.trail.Cut;
import io.sftjob.trainer.trail.Ending;
import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against files that TensorBoard's library wrote, and from which it read each step once. */
class EventFileTest {
  private static final Path FIXTURE = Path.of("src/test/resources/fixtures/tensorboard");

  @TempDir private Path folder;

  @Test
  void theBytesAreTensorBoards() throws IOException {
    write(
        Cut.ALL,
        List.of(),
        Runs.step(1),
        Runs.step(2),
        Runs.evaluation(2, 0.9),
        Runs.step(3),
        Runs.step(4),
        Runs.evaluation(4, 0.8));
    write(
        new Cut(2, 0), List.of(Runs.step(1), Runs.step(2)), Runs.evaluation(2, 0.9), Runs.step(3));
    var expected = eventFiles(FIXTURE);
    assertThat(eventFiles(folder))
        .extracting(Path::getFileName)
        .containsExactlyElementsOf(expected.stream().map(Path::getFileName).toList());
    for (var file : expected) {
      assertThat(folder.resolve(file.getFileName())).hasSameBinaryContentAs(file);
    }
  }

  private void write(Cut cut, List<Measurement> earlier, Measurement... measurements)
      throws IOException {
    var events = new EventFile(folder, () -> Runs.TIME);
    events.begin(Runs.facts(cut == Cut.ALL ? 1 : 2), earlier, cut);
    for (var measurement : measurements) {
      events.add(measurement);
    }
    events.end(Ending.SUCCEEDED);
  }

  private static List<Path> eventFiles(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("events.out."))
          .sorted()
          .toList();
    }
  }
}
