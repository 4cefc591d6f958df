package io.sftjob.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Outcome;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.api.progress.ProgressSnapshot.SavedCheckpoint;
import io.sftjob.trainer.report.RunState.Counts;
import io.sftjob.trainer.report.RunState.Ending;
import io.sftjob.trainer.report.RunState.Evaluation;
import io.sftjob.trainer.report.RunState.Speed;
import io.sftjob.trainer.report.RunState.Training;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private final Progress progress = new Progress("job", "pod", Clock.systemUTC());

  @Test
  void theEndpointServesTheRecordAndItsSequenceGrows() throws Exception {
    try (var server = new ProgressServer(0, progress, new RunMetrics(progress));
        var client = HttpClient.newHttpClient()) {
      var first = JSON.readValue(get(client, server, "/v1/progress").body(), snapshotType());
      progress.phase(Phase.Load, 3, 10);
      var answer = get(client, server, "/v1/progress");
      var second = JSON.readValue(answer.body(), snapshotType());
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(second).isEqualTo(progress.snapshot());
      assertThat(second.seq()).isGreaterThan(first.seq());
      assertThat(second.phaseDone()).isEqualTo(3);
      assertThat(get(client, server, "/healthz").statusCode()).isEqualTo(200);
      assertThat(get(client, server, "/v1/progress/more").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void metricsFollowTheSnapshot() throws Exception {
    progress.phase(Phase.Train, 5, 9);
    var speed = new Speed(100.0, 40.0, 4L);
    progress.change(
        s ->
            s.with(
                new Training(5, 9L, 0.5, 1.25, 1e-4, 0.5, speed, new Counts(640, 2, 1, 32768.0))));
    progress.change(s -> s.with(new Evaluation(null, null, 0.75, null)));
    try (var server = new ProgressServer(0, progress, new RunMetrics(progress));
        var client = HttpClient.newHttpClient()) {
      assertThat(get(client, server, "/metrics").body().lines())
          .contains("sft_step 5.0", "sft_loss 1.25", "sft_tokens_seen_total 640.0")
          .contains("sft_targets_per_second 40.0", "sft_steps_skipped_total 2.0")
          .contains("sft_steps_rescaled_total 1.0", "sft_loss_scale 32768.0")
          .contains("sft_eval_accuracy 0.75")
          .contains("sft_eval_loss NaN", "sft_phase{phase=\"Train\"} 1.0")
          .anyMatch(l -> l.matches("sft_memory_resident_bytes [1-9].*"));
    }
  }

  @Test
  void theTerminationLogFitsAndKeepsTheNewestCheckpoints() throws IOException {
    Path file = Files.writeString(folder.resolve("termination-log"), "x".repeat(9000));
    var key = Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class);
    progress.change(s -> withCheckpoints(s, 40));
    new TerminationLog(Optional.of(file), progress).write();

    assertThat(Files.size(file)).isLessThanOrEqualTo(ProgressSnapshot.MAX_TERMINATION_BYTES);
    var read = JSON.readValue(file.toFile(), snapshotType());
    assertThat(read.checkpoints()).hasSizeBetween(2, 10);
    assertThat(read.checkpoints().getLast().step()).isEqualTo(40);
    assertThat(Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class))
        .as("written in place")
        .satisfies(now -> assertThat(now.fileKey()).isEqualTo(key.fileKey()));
  }

  @Test
  void aMessageTooLongIsCutAndStaysJson() throws IOException {
    progress.change(s -> withCheckpoints(s, 10));
    String message = "模型".repeat(3000) + "😀".repeat(1000);
    progress.change(s -> s.with(new Ending(Outcome.Failed, ExitCode.Internal.name(), message)));
    byte[] fitted = TerminationLog.fitted(progress.snapshot());
    assertThat(fitted).hasSizeLessThanOrEqualTo(ProgressSnapshot.MAX_TERMINATION_BYTES);
    var read = JSON.readValue(fitted, snapshotType());
    assertThat(read.message()).endsWith("…").hasSizeGreaterThan(500);
    assertThat(message).startsWith(read.message().substring(0, read.message().length() - 1));
    assertThat(read.reason()).isEqualTo("Internal");
  }

  private static RunState withCheckpoints(RunState state, int count) {
    var all = IntStream.rangeClosed(1, count).mapToObj(ProgressTest::saved).toList();
    return state.with(state.results().with(all, saved(1)));
  }

  private static SavedCheckpoint saved(int step) {
    return new SavedCheckpoint(
        step,
        "pvc://claim/" + "folder/".repeat(60) + "checkpoints/step-" + step,
        "0".repeat(64),
        1000,
        1.5,
        "2025-01-01T00:00:00Z");
  }

  private static Class<ProgressSnapshot> snapshotType() {
    return ProgressSnapshot.class;
  }

  private static HttpResponse<String> get(HttpClient client, ProgressServer server, String path)
      throws IOException, InterruptedException {
    var uri = URI.create("http://localhost:" + server.port() + path);
    return client.send(
        HttpRequest.newBuilder(uri).build(),
        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }
}
