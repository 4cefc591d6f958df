package io.sftjob.operator.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.operator.progress.Problem.Kind;
import io.sftjob.operator.testing.Kube;
import io.sftjob.operator.testing.Snapshot;
import io.sftjob.operator.testing.Specs;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotsTest {
  private static final Snapshot GOOD = Snapshot.of("job", "pod").step(3).checkpoint(2).ledger();

  @Test
  void aGoodOneComesThroughUnchanged() throws Exception {
    assertThat(read(GOOD.json())).isEqualTo(GOOD.value());
  }

  @Test
  void aNewerTrainerMaySayMore() throws Exception {
    assertThat(read(GOOD.json("shards", List.of(1, 2)))).isEqualTo(GOOD.value());
  }

  @Test
  void aLossThatIsNotANumberIsNews() throws Exception {
    assertThat(read(GOOD.json("loss", Double.NaN)).loss()).isNaN();
  }

  static List<Arguments> wrongFields() {
    return List.of(
        Arguments.of("step", -1),
        Arguments.of("step", "12"),
        Arguments.of("step", 1.5),
        Arguments.of("step", null),
        Arguments.of("step", List.of(1)),
        Arguments.of("attempt", 0),
        Arguments.of("attempt", 1L << 40),
        Arguments.of("seq", -3),
        Arguments.of("totalSteps", -10),
        Arguments.of("tokensSeen", -1),
        Arguments.of("etaSeconds", -1),
        Arguments.of("loss", "low"),
        Arguments.of("loss", Map.of("a", 1)),
        Arguments.of("learningRate", -0.5),
        Arguments.of("phase", "Lunch"),
        Arguments.of("phase", null),
        Arguments.of("podUid", null),
        Arguments.of("updatedAt", "x".repeat(65)),
        Arguments.of("checkpoints", "none"),
        Arguments.of("checkpoints", List.of(Map.of("step", 1, "sizeBytes", 1))),
        Arguments.of("checkpoints", checkpoint("pvc://" + "x".repeat(2000), 1)),
        Arguments.of("checkpoints", checkpoint("pvc://a/b", -1)),
        Arguments.of("artifacts", List.of(Map.of("kind", "x".repeat(65), "uri", "u"))),
        Arguments.of("skippedSteps", -1),
        Arguments.of("skippedSteps", 0.5),
        Arguments.of("fill", 1.01),
        Arguments.of("fill", -0.1),
        Arguments.of("evalAccuracy", 2),
        Arguments.of("evalPerplexity", -1),
        Arguments.of("evalEntropy", -0.5),
        Arguments.of("targetsPerSecond", -1),
        Arguments.of("bestCheckpoint", Map.of("step", -1, "uri", "pvc://a", "sizeBytes", 1)),
        Arguments.of("bestCheckpoint", Map.of("step", 1, "sizeBytes", 1)),
        Arguments.of("evalLedger", Map.of("masked", -1)),
        Arguments.of("ledger", Map.of("drops", List.of(Map.of("count", 1, "tokens", 1)))),
        Arguments.of("ledger", drops(1, "x".repeat(65))),
        Arguments.of("ledger", drops(25, "NoTargets")),
        Arguments.of("ledger", Map.of("drops", Arrays.asList((Object) null))),
        Arguments.of("ledger", Map.of("read", -1)),
        Arguments.of("memoryEstimate", Map.of("peakBytes", -1)));
  }

  @ParameterizedTest
  @MethodSource("wrongFields")
  void aValueThatTheStatusCanNotHoldIsNamed(String field, Object value) {
    assertThatExceptionOfType(UnusableException.class)
        .isThrownBy(() -> read(GOOD.json(field, value)))
        .satisfies(e -> assertThat(e.problem().kind()).isEqualTo(Kind.Malformed))
        .satisfies(e -> assertThat(e.problem().message()).contains(field));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "7", "<html>", "{\"step\":", "{}", "{} {}"})
  void whatIsNoSnapshotIsRefused(String body) {
    assertThatExceptionOfType(UnusableException.class)
        .isThrownBy(() -> read(body))
        .satisfies(e -> assertThat(e.problem().kind()).isEqualTo(Kind.Malformed));
  }

  @Test
  void nestingWithoutEndIsRefused() {
    assertThatExceptionOfType(UnusableException.class)
        .isThrownBy(() -> read("{\"x\":" + "[".repeat(30_000)));
  }

  @Test
  void theFenceKeepsForeignersOut() throws Exception {
    var pod = Kube.pod(Kube.job(Specs.minimal(), 1), "demo-1-a");
    Fence.own(Snapshot.of(pod).value(), pod);
    for (var foreign : List.of(Snapshot.of("job-2", "uid-demo-1-a"), Snapshot.of("job-1", "x"))) {
      assertThatExceptionOfType(UnusableException.class)
          .isThrownBy(() -> Fence.own(foreign.value(), pod))
          .satisfies(e -> assertThat(e.problem().kind()).isEqualTo(Kind.Foreign));
    }
  }

  @Test
  void theFenceLetsTimeGoForwardOnly() throws Exception {
    var last = Optional.of(GOOD.attempt(2).seq(7).value());
    Fence.forward(GOOD.attempt(2).seq(7).value(), last);
    Fence.forward(GOOD.attempt(2).seq(8).value(), last);
    Fence.forward(GOOD.attempt(3).seq(1).value(), last);
    Fence.forward(Snapshot.of("job", "another").attempt(2).seq(1).value(), last);
    for (var old :
        List.of(
            GOOD.attempt(2).seq(6), GOOD.attempt(1).seq(9), Snapshot.of("job", "b").attempt(1))) {
      assertThatExceptionOfType(UnusableException.class)
          .isThrownBy(() -> Fence.forward(old.value(), last))
          .satisfies(e -> assertThat(e.problem().kind()).isEqualTo(Kind.WentBackwards));
    }
  }

  @Test
  void aTerminationMessageCountsOnlyIfItIsTheOwnPods() {
    var pod = Kube.pod(Kube.job(Specs.minimal(), 1), "demo-1-a");
    var own = Snapshot.of(pod).done();
    assertThat(TerminationMessages.snapshot(Kube.ended(pod, 0, "Completed", own.json())))
        .contains(own.value());
    assertThat(TerminationMessages.snapshot(Kube.ended(pod, 0, "Completed", GOOD.json())))
        .isEmpty();
    assertThat(TerminationMessages.snapshot(Kube.ended(pod, 1, "Error", "at Main.java:3")))
        .isEmpty();
    assertThat(TerminationMessages.snapshot(Kube.ended(pod, 137, "OOMKilled", null))).isEmpty();
    assertThat(TerminationMessages.snapshot(Kube.running(pod))).isEmpty();
  }

  private static Map<String, Object> drops(int count, String reason) {
    return Map.of(
        "drops", Collections.nCopies(count, Map.of("reason", reason, "count", 1, "tokens", 1)));
  }

  private static List<Map<String, Object>> checkpoint(String uri, long size) {
    return List.of(Map.of("step", 1, "uri", uri, "sizeBytes", size));
  }

  private static ProgressSnapshot read(String json) throws UnusableException {
    return Snapshots.read(json.getBytes(StandardCharsets.UTF_8));
  }
}
