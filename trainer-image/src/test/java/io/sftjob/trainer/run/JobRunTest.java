package io.sftjob.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Outcome;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.progress.ProgressSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobRunTest {
  private static final long STEPS = 23;

  @TempDir private Path folder;
  @TempDir private Path elsewhere;
  private Workplace place;
  private byte[] undisturbed;

  @BeforeEach
  void runUndisturbed() throws IOException {
    var other = new Workplace(elsewhere);
    assertThat(other.attempt("pod-0").train(STEPS)).isEqualTo(ExitCode.Done);
    undisturbed = other.adapter();
    place = new Workplace(folder);
  }

  @Test
  void trainsToTheEndAndReportsTheWhole() throws IOException {
    var attempt = place.attempt("pod-1");
    assertThat(attempt.train(STEPS)).isEqualTo(ExitCode.Done);

    assertThat(place.adapter()).isEqualTo(undisturbed);
    assertThat(place.checkpoints()).containsExactly("step-20", "step-23");
    var last = place.lastWords();
    assertThat(last).isEqualTo(attempt.progress.snapshot());
    assertThat(last.outcome()).isEqualTo(Outcome.Succeeded);
    assertThat(last.phase()).isEqualTo(Phase.Done);
    assertThat(last.step()).isEqualTo(STEPS);
    assertThat(last.tokensSeen()).isEqualTo(3 * STEPS);
    assertThat(last.evalLoss()).isEqualTo(2.0 / STEPS);
    assertThat(last.evalPerplexity()).isEqualTo(Math.exp(2.0 / STEPS));
    assertThat(last.evalAccuracy()).isEqualTo(0.5);
    assertThat(last.evalEntropy()).isEqualTo(1);
    assertThat(last.targetsPerSecond()).isEqualTo(200);
    assertThat(last.fill()).isEqualTo(3.0 / 1024);
    assertThat(last.skippedSteps()).isZero();
    assertThat(last.ledger().read()).isEqualTo(3);
    assertThat(last.checkpoints())
        .extracting(ProgressSnapshot.SavedCheckpoint::step)
        .containsExactly(20L, 23L);
    assertThat(last.checkpoints().getFirst().evalLoss()).isEqualTo(2.0 / 20);
    assertThat(last.bestCheckpoint()).isEqualTo(last.checkpoints().getLast());
    assertThat(last.artifacts())
        .singleElement()
        .satisfies(
            a -> {
              assertThat(a.uri()).isEqualTo("file://" + folder + "/out/adapter");
              assertThat(a.sha256()).isEqualTo(last.checkpoints().getLast().sha256());
            });
    assertThat(attempt.seen)
        .isSortedAccordingTo(Comparator.comparingLong(ProgressSnapshot::seq))
        .extracting(ProgressSnapshot::phase)
        .containsSubsequence(Phase.Load, Phase.Prepare, Phase.Train, Phase.Save, Phase.Done);
  }

  @Test
  void stoppedItSavesAndAnotherGoesOn() throws IOException {
    var first = place.attempt("pod-1");
    assertThat(first.train(STEPS, step -> first.stop.set(step == 8))).isEqualTo(ExitCode.Preempted);
    assertThat(place.checkpoints()).containsExactly("step-5", "step-7");
    assertThat(place.lastWords().outcome()).isEqualTo(Outcome.Preempted);
    assertThat(place.lastWords().step()).isEqualTo(7);

    var second = place.attempt("pod-2");
    assertThat(second.train(STEPS)).isEqualTo(ExitCode.Done);
    assertThat(place.adapter()).isEqualTo(undisturbed);
    assertThat(place.lastWords().attempt()).isEqualTo(2);
    assertThat(place.lastWords().tokensSeen()).isEqualTo(3 * STEPS);
  }

  @Test
  void aBrokenNewestCheckpointIsSkippedAndKept() throws IOException {
    var first = place.attempt("pod-1");
    first.train(STEPS, step -> first.stop.set(step == 13));
    Path broken = place.output.resolve("checkpoints/step-12/adapter_model.safetensors");
    byte[] bytes = Files.readAllBytes(broken);
    bytes[0] ^= 1;
    Files.write(broken, bytes);

    var second = place.attempt("pod-2");
    assertThat(second.train(STEPS)).isEqualTo(ExitCode.Done);
    assertThat(second.seen)
        .filteredOn(s -> s.phase() == Phase.Train)
        .first()
        .satisfies(s -> assertThat(s.step()).isEqualTo(10));
    assertThat(place.adapter()).isEqualTo(undisturbed);
    assertThat(place.checkpoints()).contains("step-12.broken-1");
    assertThat(place.output.resolve("checkpoints/step-12.broken-1/adapter_model.safetensors"))
        .hasBinaryContent(bytes);
  }

  @Test
  void aProcessThatWasTakenOverStopsWithoutWriting() throws IOException {
    var stale = place.attempt("pod-1");
    var code =
        stale.train(
            STEPS,
            step -> {
              if (step == 8) {
                await().until(() -> !stale.progress.snapshot().checkpoints().isEmpty());
                var next = place.attempt("pod-2");
                assertThat(next.train(STEPS, s -> next.stop.set(s == 7)))
                    .isEqualTo(ExitCode.Preempted);
              }
            });
    assertThat(code).isEqualTo(ExitCode.Preempted);
    assertThat(stale.progress.snapshot().message()).contains("pod-2").contains("attempt 2");
    assertThat(place.checkpoints()).containsExactly("step-5", "step-6");
    assertThat(place.output.resolve("adapter")).doesNotExist();
  }

  @Test
  void aFinishedOutputIsRecognised() throws IOException {
    place.attempt("pod-1").train(STEPS);
    var first = place.lastWords();
    var again = place.attempt("pod-2");
    assertThat(
            again.train(
                STEPS,
                step -> {
                  throw new AssertionError("trained again");
                }))
        .isEqualTo(ExitCode.Done);
    var second = place.lastWords();
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(second.artifacts()).isEqualTo(first.artifacts());
    assertThat(second.step()).isEqualTo(STEPS);
    assertThat(second.ledger()).isEqualTo(first.ledger());
    assertThat(second.evalLoss()).isEqualTo(first.evalLoss());
    assertThat(second.evalAccuracy()).isEqualTo(first.evalAccuracy());
    assertThat(second.fill()).isEqualTo(first.fill());
  }

  @Test
  void aCheckpointOfAnotherSpecIsRefusedWithTheDifference() throws IOException {
    var first = place.attempt("pod-1");
    first.train(STEPS, step -> first.stop.set(step == 8));
    place.spec = place.spec.replace("evalSteps: 4", "evalSteps: 4, learningRate: \"1e-3\"");
    var second = place.attempt("pod-2");
    assertThat(second.train(STEPS)).isEqualTo(ExitCode.InvalidSpec);
    assertThat(second.progress.snapshot().message())
        .contains("spec.training.learningRate was 2e-4, is 1e-3");
    assertThat(Files.readString(place.output.resolve("owner.json"))).contains("pod-1");
  }

  @Test
  void aCheckpointOfOtherDataIsRefused() throws IOException {
    var first = place.attempt("pod-1");
    first.train(STEPS, step -> first.stop.set(step == 8));
    place.data = "other data";
    assertThat(place.attempt("pod-2").train(STEPS)).isEqualTo(ExitCode.DataNotUsable);
    assertThat(place.lastWords().message()).contains("the training data has other content");
  }

  @Test
  void resumeNeverRefusesAnotherRunsCheckpointsButNotItsOwn() throws IOException {
    place.spec = place.spec.replace("keepLast: 2", "keepLast: 2, resume: Never");
    var first = place.attempt("pod-1");
    first.train(STEPS, step -> first.stop.set(step == 8));
    place.spec = place.spec.replace("uid: job-1", "uid: job-2");
    var other = place.attempt("pod-2");
    assertThat(other.train(STEPS)).isEqualTo(ExitCode.InvalidSpec);
    assertThat(other.progress.snapshot().message()).contains("resume is Never");

    place.spec = place.spec.replace("uid: job-2", "uid: job-1");
    assertThat(place.attempt("pod-3").train(STEPS)).isEqualTo(ExitCode.Done);
    assertThat(place.adapter()).isEqualTo(undisturbed);
  }

  @Test
  void aMissingModelAndMissingDataHaveTheirOwnCodes() throws IOException {
    Files.delete(folder.resolve("train.jsonl"));
    var noData = place.attempt("pod-1");
    assertThat(noData.train(STEPS)).isEqualTo(ExitCode.DataNotUsable);
    assertThat(place.lastWords().reason()).isEqualTo("DataNotUsable");
    assertThat(place.lastWords().message())
        .contains("spec.dataset.train.uri")
        .contains("train.jsonl");
    Files.delete(folder.resolve("model.gguf"));
    assertThat(place.attempt("pod-2").train(STEPS)).isEqualTo(ExitCode.ModelNotUsable);
    assertThat(place.lastWords().message()).contains("model.gguf does not exist");
  }

  @Test
  void aFailureIsNewerThanWhatTheLastProcessReported() throws IOException {
    var first = place.attempt("pod-1");
    first.train(STEPS, step -> first.stop.set(step == 8));
    Files.delete(folder.resolve("model.gguf"));
    assertThat(place.attempt("pod-2").train(STEPS)).isEqualTo(ExitCode.ModelNotUsable);
    assertThat(place.lastWords().attempt()).isEqualTo(2);
  }

  @Test
  void aFailedSaveFailsTheRun() throws IOException {
    var attempt = place.attempt("pod-1");
    var code =
        attempt.train(
            STEPS,
            step -> {
              if (step == 4) {
                replaceByFile(place.output.resolve("checkpoints"));
              }
            });
    assertThat(code).isEqualTo(ExitCode.StorageUnavailable);
    assertThat(place.lastWords().message()).contains("Saving checkpoint step-5");
  }

  @Test
  void anExhaustedHeapHasItsOwnCode() throws IOException {
    var code =
        place
            .attempt("pod-1")
            .train(
                STEPS,
                step -> {
                  throw new OutOfMemoryError("Java heap space");
                });
    assertThat(code).isEqualTo(ExitCode.OutOfMemory);
    assertThat(place.lastWords().outcome()).isEqualTo(Outcome.Failed);
  }

  @Test
  void reportsThatCanNotBeWrittenAreNoFailure() throws IOException {
    for (var name : List.of("tensorboard", "metrics.jsonl/x", "report.html/x")) {
      var path = place.output.resolve(name);
      Files.createDirectories(path.getParent());
      Files.createFile(path);
    }
    assertThat(place.attempt("pod-1").train(STEPS)).isEqualTo(ExitCode.Done);
    assertThat(place.adapter()).isEqualTo(undisturbed);
    assertThat(place.output.resolve("adapter/README.md")).exists();
  }

  @Test
  void aFailureStandsInTheReport() throws IOException {
    place
        .attempt("pod-1")
        .train(
            STEPS,
            step -> {
              if (step == 12) {
                throw new OutOfMemoryError("Java heap space");
              }
            });
    assertThat(Files.readString(place.output.resolve("report.html")))
        .contains(">Failed<", "The Java heap is exhausted", "step 10 of 23");
  }

  @Test
  void aProcessThatWasTakenOverReportsNothingMore() throws IOException {
    var stale = place.attempt("pod-1");
    stale.train(
        STEPS,
        step -> {
          if (step == 12) {
            var next = place.attempt("pod-2");
            assertThat(next.train(STEPS)).isEqualTo(ExitCode.Done);
          }
        });
    assertThat(Files.readAllLines(place.output.resolve("metrics.jsonl")))
        .extracting(line -> line.replaceFirst(",.*", ""))
        .endsWith("{\"step\":20", "{\"step\":20", "{\"step\":23", "{\"step\":23");
    assertThat(Files.readString(place.output.resolve("report.html")))
        .contains(">Succeeded<", "Attempt 2");
  }

  private static void replaceByFile(Path folder) {
    try {
      Files.deleteIfExists(folder);
      Files.createFile(folder);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
