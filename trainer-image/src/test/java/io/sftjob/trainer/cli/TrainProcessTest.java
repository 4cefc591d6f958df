package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Outcome;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.trainer.tensorboard.EventReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jsoup.Jsoup;
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
  void whatStaysTellsTheWholeRun() throws IOException {
    var lines = undisturbed.measured();
    assertThat(lines).filteredOn(line -> line.contains("\"loss\"")).hasSize(STEPS);
    assertThat(lines)
        .filteredOn(line -> line.contains("\"eval_loss\""))
        .extracting(line -> line.replaceFirst(",.*", ""))
        .containsExactly("{\"step\":25", "{\"step\":50", "{\"step\":75", "{\"step\":80");
    var report = Jsoup.parse(Files.readString(undisturbed.output.resolve("report.html")));
    assertThat(report.selectFirst("h1").text()).isEqualTo("tiny");
    assertThat(report.selectFirst(".state").text()).isEqualTo("Succeeded");
    assertThat(report.text())
        .contains("step 80 of 80")
        .contains("%.4f at step".formatted(bestLoss(lines)))
        .contains("What is 0 plus 0?");
    assertThat(report.select("pre mark").first().text()).contains("It is 0.");
    var card = Files.readString(undisturbed.output.resolve("adapter/README.md"));
    assertThat(card)
        .startsWith("---\nbase_model: " + TinyJob.MODEL + "\nlibrary_name: peft\n")
        .contains("80 of 80 optimizer steps");
    // People edit model cards: that makes no other adapter.
    Files.writeString(undisturbed.output.resolve("adapter/README.md"), card + "\nEdited.\n");
    try (var process = undisturbed.train()) {
      process.await("Already done");
    }
  }

  private static double bestLoss(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains("\"eval_loss\""))
        .mapToDouble(
            line -> Double.parseDouble(line.replaceFirst(".*eval_loss\":([^,]*),.*", "$1")))
        .min()
        .orElseThrow();
  }

  private static void assertEachStepOnce(TinyJob job) throws IOException {
    assertThat(job.measured()).isEqualTo(undisturbed.measured());
    var steps = EventReader.steps(job.output.resolve("tensorboard"));
    assertThat(steps).isEqualTo(EventReader.steps(undisturbed.output.resolve("tensorboard")));
    assertThat(steps.get("train/loss")).hasSize(STEPS);
    assertThat(Files.readString(job.output.resolve("report.html"))).contains(">Succeeded<");
  }

  @Test
  void killedAtAnyMomentItEndsInTheSameBytes() throws IOException {
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
    assertEachStepOnce(job);
  }

  @Test
  void onSigtermItSavesAndTheNextGoesOn() throws IOException {
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
    assertEachStepOnce(job);
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
