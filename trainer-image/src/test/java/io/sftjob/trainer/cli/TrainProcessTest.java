package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Outcome;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process, on the tiny Llama: trained, killed, stopped, resumed. */
@Timeout(120)
class TrainProcessTest {
  private static final int STEPS = 80;
  private static final int EVERY = 9;

  @TempDir private static Path once;
  private static TinyJob undisturbed;

  @TempDir private Path folder;

  @BeforeAll
  static void trainUndisturbed() {
    undisturbed = new TinyJob(once, STEPS, EVERY);
    try (var process = undisturbed.train()) {
      assertThat(process.exitCode()).as(process::output).isZero();
      assertThat(process.output())
          .contains("Settings:", "step 1/80", "step 80/80", "Saved", "evalLoss");
    }
  }

  @Test
  void theAdapterIsWrittenAndReported() throws IOException {
    Path adapter = undisturbed.output.resolve("adapter");
    assertThat(adapter).isDirectoryContaining("glob:**/adapter_config.json");
    assertThat(Files.readString(adapter.resolve("manifest.json")))
        .contains(undisturbed.adapterSha256());
    assertThat(undisturbed.checkpoints()).containsExactly("step-72", "step-80");
    assertThat(
            TinyJob.sha256(
                undisturbed.output.resolve("checkpoints/step-80/adapter_model.safetensors")))
        .isEqualTo(undisturbed.adapterSha256());
    var last = undisturbed.lastWords();
    assertThat(last.outcome()).isEqualTo(Outcome.Succeeded);
    assertThat(last.step()).isEqualTo(STEPS);
    assertThat(last.artifacts())
        .singleElement()
        .satisfies(a -> assertThat(a.sha256()).isEqualTo(undisturbed.adapterSha256()));
    var ledger = last.ledger();
    assertThat(ledger.read()).isEqualTo(ledger.targets() + ledger.masked() + ledger.dropped());
    assertThat(last.evalLoss()).isPositive();
  }

  @Test
  void killedAtAnyMomentItEndsInTheSameBytes() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    var job = new TinyJob(folder, STEPS, EVERY);
    for (int kills = 0; kills < 3; kills++) {
      try (var process = job.train()) {
        String from = process.await("Going on from .*step-([0-9]+)|step 1/").group(1);
        int next = 1 + random.nextInt(2 * EVERY) + (from == null ? 0 : Integer.parseInt(from));
        if (next > 1) {
          process.await("step %d/".formatted(next));
        }
        process.kill();
      }
    }
    try (var process = job.train()) {
      assertThat(process.exitCode()).as(process::output).isZero();
    }
    assertThat(job.adapterSha256()).as("seed " + seed).isEqualTo(undisturbed.adapterSha256());
    assertThat(job.lastWords().attempt()).isEqualTo(4);
    assertThat(job.lastWords().tokensSeen()).isEqualTo(undisturbed.lastWords().tokensSeen());
  }

  @Test
  void onSigtermItSavesAndTheNextGoesOn() {
    var job = new TinyJob(folder, STEPS, 1000);
    try (var process = job.train()) {
      process.await("step 5/");
      process.terminate();
      assertThat(process.exitCode()).as(process::output).isEqualTo(ExitCode.Preempted.code());
    }
    var last = job.lastWords();
    assertThat(last.outcome()).isEqualTo(Outcome.Preempted);
    assertThat(last.checkpoints())
        .singleElement()
        .satisfies(c -> assertThat(c.step()).isEqualTo(last.step()).isBetween(5L, STEPS - 1L));
    try (var process = job.train()) {
      process.await("Going on from .*step-" + last.step());
      process.await("step %d/".formatted(last.step() + 1));
      assertThat(process.exitCode()).as(process::output).isZero();
    }
    assertThat(job.adapterSha256()).isEqualTo(undisturbed.adapterSha256());
  }

  @Test
  void progressIsServedWhileItTrains() throws Exception {
    var job = new TinyJob(folder, 100_000, 100_000);
    try (var process = job.train("--port", freePort());
        var client = HttpClient.newHttpClient()) {
      var uri = URI.create(process.await("Progress on (\\S+)").group(1));
      process.await("step 2/");
      var first = progress(client, uri);
      process.await("step %d/".formatted(first.step() + 2));
      var second = progress(client, uri);
      assertThat(first.phase()).isEqualTo(Phase.Train);
      assertThat(first.totalSteps()).isEqualTo(100_000);
      assertThat(second.seq()).isGreaterThan(first.seq());
      assertThat(second.step()).isGreaterThan(first.step());
      assertThat(second.loss()).isPositive();
      assertThat(second.tokensPerSecond()).isPositive();
      process.kill();
    }
  }

  private static String freePort() throws IOException {
    try (var socket = new java.net.ServerSocket(0)) {
      return String.valueOf(socket.getLocalPort());
    }
  }

  private static ProgressSnapshot progress(HttpClient client, URI uri) throws Exception {
    var answer =
        client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    return new ObjectMapper().readValue(answer.body(), ProgressSnapshot.class);
  }
}
