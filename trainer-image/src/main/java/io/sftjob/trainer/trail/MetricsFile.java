package io.sftjob.trainer.trail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code metrics.jsonl}: one JSON object a line. A process that goes on copies the lines that stay
 * into a new file and renames it over the old one, so that a process that was taken over appends to
 * a file that is no longer there.
 */
public final class MetricsFile implements Sink {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsFile.class);

  private final Path file;
  private AppendedFile out;

  public MetricsFile(Path file) {
    this.file = file;
  }

  /**
   * What earlier processes have measured up to a checkpoint. What can not be read is named in the
   * log and left out.
   */
  List<Measurement> earlier(Cut cut) throws IOException {
    return Files.exists(file) ? read().stream().filter(cut::keeps).toList() : List.of();
  }

  private List<Measurement> read() throws IOException {
    var read = new ArrayList<Measurement>();
    var lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      var measurement = MeasurementJson.parse(lines.get(i));
      if (measurement.isPresent()) {
        read.add(measurement.get());
      } else {
        LOG.warn("{}: line {} is no measurement and is left out", file, i + 1);
      }
    }
    return read;
  }

  @Override
  public String name() {
    return file.getFileName().toString();
  }

  @Override
  public void begin(RunFacts facts, List<Measurement> earlier, Cut cut) throws IOException {
    Path fresh =
        file.resolveSibling(".%s.%d.partial".formatted(file.getFileName(), facts.job().attempt()));
    out =
        AppendedFile.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    var lines = new StringBuilder();
    earlier.forEach(measurement -> lines.append(MeasurementJson.line(measurement)));
    write(lines.toString());
    out.sync();
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void add(Measurement measurement) throws IOException {
    write(MeasurementJson.line(measurement));
  }

  @Override
  public void sync() throws IOException {
    out.sync();
  }

  @Override
  public void end(Ending ending) throws IOException {
    out.end();
  }

  private void write(String lines) throws IOException {
    out.add(lines.getBytes(StandardCharsets.UTF_8));
  }
}
