package io.sftjob.trainer.tensorboard;

import io.sftjob.trainer.trail.AppendedFile;
import io.sftjob.trainer.trail.Cut;
import io.sftjob.trainer.trail.Ending;
import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.Names;
import io.sftjob.trainer.trail.RunFacts;
import io.sftjob.trainer.trail.Sink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/**
 * TensorBoard's event files: one for each process of a run, as TensorFlow has them. Each begins
 * with a session's start, which tells TensorBoard to drop what earlier files hold of that step and
 * later ones.
 */
public final class EventFile implements Sink {
  private static final Pattern NAME =
      Pattern.compile("events\\.out\\.tfevents\\.([0-9]{10,12})\\..*");

  private final Path folder;
  private final InstantSource clock;
  private AppendedFile out;

  public EventFile(Path folder, InstantSource clock) {
    this.folder = folder;
    this.clock = clock;
  }

  @Override
  public String name() {
    return folder.getFileName() + "/";
  }

  @Override
  public void begin(RunFacts facts, List<Measurement> earlier, Cut cut) throws IOException {
    Files.createDirectories(folder);
    out =
        AppendedFile.open(
            folder.resolve(
                "events.out.tfevents.%010d.sft.%d".formatted(newSecond(), facts.job().attempt())),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);
    write(Event.version(clock.instant()));
    // A session's start knows steps, but not kinds: of the checkpoint's own step there may be an
    // evaluation that goes and a training step that stays.
    write(Event.start(clock.instant(), cut.step()));
    for (var measurement : earlier) {
      if (measurement.step() >= cut.step()) {
        add(measurement);
      }
    }
  }

  /** Readers take files in the order of their names, whatever the clock did in between. */
  private long newSecond() throws IOException {
    try (var files = Files.list(folder)) {
      long last =
          files
              .map(file -> NAME.matcher(file.getFileName().toString()))
              .mapToLong(name -> name.matches() ? Long.parseLong(name.group(1)) : 0)
              .max()
              .orElse(0);
      return Math.max(clock.instant().getEpochSecond(), last + 1);
    }
  }

  @Override
  public void add(Measurement measurement) throws IOException {
    var scalars = new LinkedHashMap<String, Float>();
    scalars.put(tag(measurement, "epoch"), (float) measurement.epoch());
    measurement
        .values()
        .forEach((name, value) -> scalars.put(tag(measurement, name), value.floatValue()));
    write(Event.scalars(measurement.time(), measurement.step(), scalars));
  }

  /** As transformers' TensorBoardCallback calls them: {@code train/loss}, {@code eval/loss}. */
  private static String tag(Measurement measurement, String name) {
    return switch (measurement.kind()) {
      case Train -> "train/" + name;
      case Evaluation ->
          "eval/"
              + (name.startsWith(Names.EVAL_PREFIX)
                  ? name.substring(Names.EVAL_PREFIX.length())
                  : name);
    };
  }

  @Override
  public void sync() throws IOException {
    out.sync();
  }

  @Override
  public void end(Ending ending) throws IOException {
    out.end();
  }

  private void write(byte[] event) throws IOException {
    out.add(TfRecord.of(event));
  }
}
