package io.sftjob.trainer.trail;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TrailTest {
  @TempDir private Path folder;

  /** Writes down what it hears, and fails or waits where a test wants that. */
  private static class Heard implements Sink {
    final List<String> calls = new ArrayList<>();

    @Override
    public String name() {
      return "heard";
    }

    @Override
    public void begin(RunFacts facts, List<Measurement> earlier, Cut cut) throws IOException {
      calls.add("begin after " + earlier.size());
    }

    @Override
    public void add(Measurement measurement) throws IOException {
      calls.add("add " + measurement.step());
    }

    @Override
    public void end(Ending ending) {
      calls.add(ending.outcome().name());
    }
  }

  @Test
  void whatFailsIsLeftOutAndTheOthersGoOn() {
    var failing =
        new Heard() {
          @Override
          public void add(Measurement measurement) throws IOException {
            super.add(measurement);
            throw new IOException("disk full");
          }
        };
    var heard = new Heard();
    run(() -> {}, failing, heard);
    assertThat(failing.calls).containsExactly("begin after 0", "add 1");
    assertThat(heard.calls).containsExactly("begin after 0", "add 1", "add 2", "Succeeded");
  }

  @Test
  void anUnusableMetricsFileStopsNoOther() throws IOException {
    Files.createDirectory(folder.resolve("metrics.jsonl"));
    var heard = new Heard();
    run(() -> {}, heard);
    assertThat(heard.calls).containsExactly("begin after 0", "add 1", "add 2", "Succeeded");
  }

  @Test
  void aProcessThatWasTakenOverWritesNothingMore() {
    var owned = new AtomicBoolean(true);
    var heard =
        new Heard() {
          @Override
          public void add(Measurement measurement) throws IOException {
            super.add(measurement);
            owned.set(false);
          }
        };
    run(
        () -> {
          if (!owned.get()) {
            throw new TrainerException(ExitCode.Preempted, "taken over");
          }
        },
        heard);
    assertThat(heard.calls).containsExactly("begin after 0", "add 1");
  }

  @Test
  void addingNeverWaitsForASink() {
    var release = new CountDownLatch(1);
    var slow =
        new Heard() {
          @Override
          public void begin(RunFacts facts, List<Measurement> earlier, Cut cut) {
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        };
    try (var trail = trail(() -> {}, slow)) {
      trail.begin(Runs.facts(), Cut.ALL);
      for (int step = 1; step <= 10_000; step++) {
        trail.add(Runs.step(step));
      }
      assertThat(slow.calls).isEmpty();
      release.countDown();
      trail.sync();
      assertThat(slow.calls).hasSize(10_000);
    }
  }

  private void run(Fence fence, Sink... sinks) {
    try (var trail = trail(fence, sinks)) {
      trail.begin(Runs.facts(), Cut.ALL);
      trail.add(Runs.step(1));
      trail.add(Runs.step(2));
      trail.sync();
      trail.end(Ending.SUCCEEDED);
    }
  }

  private Trail trail(Fence fence, Sink... sinks) {
    return new Trail(new MetricsFile(folder.resolve("metrics.jsonl")), List.of(sinks), fence);
  }
}
