package io.sftjob.trainer.page;

import io.quarkus.qute.RawString;
import io.quarkus.qute.Template;
import io.sftjob.trainer.store.Durable;
import io.sftjob.trainer.trail.Cut;
import io.sftjob.trainer.trail.Ending;
import io.sftjob.trainer.trail.Measurement;
import io.sftjob.trainer.trail.Measurement.Kind;
import io.sftjob.trainer.trail.RunFacts;
import io.sftjob.trainer.trail.Sink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code report.html}: one file that needs nothing else, without scripts. Written when the training
 * begins, at its end, and in between now and then.
 */
public final class ReportPage implements Sink {
  private static final Logger LOG = LoggerFactory.getLogger(ReportPage.class);

  /** Rendering takes milliseconds of a processor that the training wants. */
  static final Duration EVERY = Duration.ofSeconds(30);

  private static final int TABLE_ROWS = 200;

  private final Path file;
  private final InstantSource clock;
  private final List<Measurement> all = new ArrayList<>();
  private RunFacts facts;
  private Instant tried = Instant.MIN;

  public ReportPage(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  @Override
  public String name() {
    return file.getFileName().toString();
  }

  @Override
  public void begin(RunFacts begun, List<Measurement> earlier, Cut cut) {
    facts = begun;
    all.addAll(earlier);
    tryToWrite();
  }

  @Override
  public void add(Measurement measurement) {
    all.add(measurement);
    if (!clock.instant().isBefore(tried.plus(EVERY))) {
      tryToWrite();
    }
  }

  /** A later try may succeed, and writes the whole. */
  private void tryToWrite() {
    tried = clock.instant();
    try {
      write(Optional.empty());
    } catch (IOException e) {
      LOG.warn("{} is not up to date: {}", name(), e.toString());
    }
  }

  @Override
  public void end(Ending ending) throws IOException {
    write(Optional.of(ending));
  }

  private void write(Optional<Ending> ending) throws IOException {
    Durable.write(file, html(facts, all, ending, clock.instant()).getBytes(StandardCharsets.UTF_8));
  }

  static String html(RunFacts facts, List<Measurement> all, Optional<Ending> ending, Instant now) {
    Template template = Templates.of("report.html", Templates.HTML);
    return template
        .data(
            Map.ofEntries(
                Map.entry("style", new RawString(Templates.text("report.css"))),
                Map.entry("facts", facts),
                Map.entry("state", ending.map(e -> e.outcome().name()).orElse("Training")),
                Map.entry("message", ending.flatMap(Ending::message).orElse("")),
                Map.entry("step", all.isEmpty() ? 0 : all.getLast().step()),
                Map.entry("written", now.truncatedTo(ChronoUnit.SECONDS).toString()),
                Map.entry("summary", Summary.of(all).facts()),
                Map.entry("width", Chart.WIDTH),
                Map.entry("height", Chart.HEIGHT),
                Map.entry("charts", Charts.of(all)),
                Map.entry("ledgers", facts.data().ledgers().stream().map(LedgerTable::of).toList()),
                Map.entry("training", Table.of(Kind.Train, all, TABLE_ROWS)),
                Map.entry("evaluation", Table.of(Kind.Evaluation, all, TABLE_ROWS))))
        .render();
  }
}
