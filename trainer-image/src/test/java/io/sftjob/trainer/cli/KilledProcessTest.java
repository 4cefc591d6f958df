package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGKILL, again and again; in the end the adapter is that of the run that nobody killed. {@code
 * -Dsft.kills=N} kills so often in each test, {@code -Dsft.kill.seed=S} at the same instants as
 * before, as far as the machine repeats itself.
 */
@Tag("slow")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class KilledProcessTest {
  private static final Logger LOG = LoggerFactory.getLogger(KilledProcessTest.class);
  private static final int STEPS = 40;
  private static final int EVERY = 4;
  private static final int KILLS = Integer.getInteger("sft.kills", 8);

  @TempDir private static Path once;
  private static TinyJob undisturbed;
  private static long duration;

  @TempDir private Path folder;
  private final long seed = Long.getLong("sft.kill.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private int outputs;

  @BeforeAll
  static void trainUndisturbed() {
    undisturbed = new TinyJob(once, STEPS, EVERY);
    long begin = System.nanoTime();
    try (var process = undisturbed.train()) {
      assertThat(process.exitCode()).as(process::output).isZero();
    }
    duration = System.nanoTime() - begin;
  }

  /** From the start of the JVM to the last rename. */
  @Test
  void atRandomInstants() throws IOException {
    int kills = 0;
    int ends = 0;
    var job = newJob();
    while (kills < KILLS) {
      try (var process = job.train()) {
        if (process.killAfter(Duration.ofNanos(random.nextLong(duration)))) {
          kills++;
        } else {
          requireSame(job, process);
          ends++;
          job = newJob();
        }
      }
    }
    finish(job);
    LOG.info(
        "seed {}: {} kills, {} outputs, {} of them ended between kills",
        seed,
        kills,
        outputs,
        ends);
  }

  /**
   * Where the file system says that the trainer is at it; a kill that comes too late, after the
   * rename, is one of another instant.
   *
   * @param path of a file that is being written
   * @param most events that one write of the kind makes: 2 for each file, and the folder
   */
  @ParameterizedTest
  @CsvSource({
    "prepare, ^\\.prepared|^prepared, 4",
    "save, ^checkpoints/\\.step-, 11",
    "commit, ^checkpoints/step-, 2",
    "prune, ^checkpoints/\\.step-[0-9]+\\.old, 1",
    "adapter, ^\\.adapter, 7",
    "result, ^adapter, 1"
  })
  void whileItWrites(String what, String path, int most) throws IOException {
    int caught = 0;
    var job = newJob();
    for (int kills = 0; kills < KILLS; kills++) {
      int savesBefore = what.equals("save") || what.equals("prune") ? random.nextInt(4) : 0;
      int count = 1 + savesBefore * most + random.nextInt(most);
      try (var process = job.train();
          var trigger = new FileTrigger(job.output, path, count, process::close)) {
        int code = process.exitCode();
        if (trigger.fired()) {
          caught += hasPartial(job.output) ? 1 : 0;
        } else {
          assertThat(code).as(process::output).isZero();
        }
      }
      if (job.output.resolve("adapter").toFile().exists()) {
        finish(job);
        job = newJob();
      }
    }
    finish(job);
    LOG.info("{}: seed {}, {} kills, {} of them left half of something", what, seed, KILLS, caught);
  }

  private TinyJob newJob() throws IOException {
    return new TinyJob(Files.createDirectory(folder.resolve("job-" + outputs++)), STEPS, EVERY);
  }

  private void finish(TinyJob job) {
    try (var process = job.train()) {
      requireSame(job, process);
    }
  }

  private void requireSame(TinyJob job, SftProcess process) {
    assertThat(process.exitCode()).as("seed %d\n%s", seed, process.output()).isZero();
    assertThat(process.output()).doesNotContain("Skipping");
    assertThat(job.adapterSha256()).as("seed %d", seed).isEqualTo(undisturbed.adapterSha256());
    assertThat(job.lastWords().tokensSeen()).isEqualTo(undisturbed.lastWords().tokensSeen());
    assertThat(job.checkpoints()).isEqualTo(undisturbed.checkpoints());
  }

  private static boolean hasPartial(Path output) throws IOException {
    try (var all = Files.walk(output)) {
      return all.anyMatch(p -> p.getFileName().toString().endsWith(".partial"));
    }
  }
}
