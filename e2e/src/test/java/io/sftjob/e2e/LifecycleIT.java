package io.sftjob.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.e2e.install.JobSpace;
import io.sftjob.e2e.install.OperatorInstall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** A job's life on a real node, disturbed in the ways that clusters disturb it. */
@ExtendWith(SuiteExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LifecycleIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int STEPS = 1000;
  private static final int EVERY = 50;

  private Suite suite;
  private KubernetesClient client;
  private JobSpace space;
  private SFTJob undisturbed;
  private List<JobState> undisturbedStates;

  /** The run that every disturbed one must equal, to the bit. */
  @BeforeAll
  void runUndisturbed(Suite suite) {
    this.suite = suite;
    client = suite.client();
    space = suite.space("lifecycle");
    try (var watch = watch("undisturbed")) {
      apply("undisturbed");
      undisturbed = watch.awaitState(JobState.Succeeded, LIMIT);
      undisturbedStates = watch.states();
      assertProgressOnlyGrows(watch.seen());
    }
  }

  @Test
  void statusIsTrueFromApplyToSucceeded() throws Exception {
    assertThat(undisturbedStates)
        .containsSubsequence(JobState.Starting, JobState.Running, JobState.Succeeded)
        .doesNotContain(JobState.Failed, JobState.Suspended);
    var status = undisturbed.getStatus();
    assertThat(status.observedGeneration()).isEqualTo(undisturbed.getMetadata().getGeneration());
    assertThat(JobWatch.condition(undisturbed, "Succeeded").getStatus()).isEqualTo("True");
    assertThat(status.conditions())
        .noneMatch(c -> c.getType().equals("Stalled") && c.getStatus().equals("True"))
        .noneMatch(c -> c.getType().equals("Reconciling") && c.getStatus().equals("True"));
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(status.progress().step()).isEqualTo(STEPS);
    assertThat(status.progress().percent()).isEqualTo(100);
    assertThat(status.startTime()).isNotNull();
    assertThat(status.completionTime()).isNotNull();
    var ledger = status.tokens();
    assertThat(ledger.targets() + ledger.masked() + ledger.dropped()).isEqualTo(ledger.read());
    assertThat(ledger.targets()).isPositive();
    assertThat(status.checkpoints()).isNotEmpty();
    assertThat(status.checkpoints().getLast().step()).isEqualTo(STEPS);
    assertThat(status.artifacts()).hasSize(1);
    var artifact = status.artifacts().getFirst();
    assertThat(artifact.uri()).isEqualTo(space.uri("out/undisturbed/adapter"));
    assertThat(artifact.sha256())
        .isEqualTo(Hashes.sha256(adapter("undisturbed").resolve("adapter_model.safetensors")));
    assertThat(
            suite
                .cluster()
                .kubectl("wait", "-n", space.namespace(), "sft/undisturbed")
                .with("--for=condition=Succeeded", "--timeout=10s")
                .run()
                .exitCode())
        .isZero();
  }

  @Test
  void aKilledPodIsTakenOverFromTheCheckpoint() {
    try (var watch = watch("killed")) {
      apply("killed");
      var running = awaitCheckpoint(watch);
      // No grace: the trainer has no chance to save, and the newest checkpoint must do.
      client
          .pods()
          .inNamespace(space.namespace())
          .withName(running.getStatus().podName())
          .withGracePeriod(0)
          .delete();
      var done = watch.awaitState(JobState.Succeeded, LIMIT);
      assertThat(done.getStatus().attempt()).isEqualTo(2);
      assertThat(watch.states()).doesNotContain(JobState.Failed);
      assertSameAdapter(done);
    }
  }

  @Test
  void aDeletedPodIsTakenOverFromTheCheckpoint() {
    try (var watch = watch("deleted")) {
      apply("deleted");
      var running = awaitCheckpoint(watch);
      client.pods().inNamespace(space.namespace()).withName(running.getStatus().podName()).delete();
      var done = watch.awaitState(JobState.Succeeded, LIMIT);
      assertThat(done.getStatus().attempt()).isEqualTo(2);
      assertSameAdapter(done);
    }
  }

  @Test
  void suspendSavesAndResumeGoesOn() {
    try (var watch = watch("suspended")) {
      apply("suspended");
      awaitCheckpoint(watch);
      patchSuspend("suspended", true);
      var suspended = watch.awaitState(JobState.Suspended, LIMIT);
      assertThat(pods("suspended")).isZero();
      assertThat(suspended.getStatus().checkpoints()).isNotEmpty();
      long kept = suspended.getStatus().checkpoints().getLast().step();
      patchSuspend("suspended", false);
      var done = watch.awaitState(JobState.Succeeded, LIMIT);
      assertThat(done.getStatus().execution()).isEqualTo(2);
      assertThat(kept).isPositive().isLessThan(STEPS);
      assertSameAdapter(done);
    }
  }

  @Test
  void anOperatorThatWasAwayCatchesUp() {
    try (var watch = watch("unattended")) {
      apply("unattended");
      var running = awaitCheckpoint(watch);
      scaleOperator(0);
      try {
        // The job ends while nobody looks.
        client
            .batch()
            .v1()
            .jobs()
            .inNamespace(space.namespace())
            .withName(running.getStatus().jobName())
            .waitUntilCondition(
                job ->
                    job != null
                        && job.getStatus() != null
                        && Integer.valueOf(1).equals(job.getStatus().getSucceeded()),
                LIMIT.toMillis(),
                TimeUnit.MILLISECONDS);
        assertThat(watch.states()).doesNotContain(JobState.Succeeded);
      } finally {
        scaleOperator(1);
      }
      var done = watch.awaitState(JobState.Succeeded, LIMIT);
      assertThat(done.getStatus().progress().step()).isEqualTo(STEPS);
      assertSameAdapter(done);
    }
  }

  @Test
  void aFinishedJobStaysFinishedWhenItsChildGoes() {
    try (var watch = watch("finished")) {
      suite.apply(space, Recipes.job(space, "finished", 5, 5));
      var done = watch.awaitState(JobState.Succeeded, LIMIT);
      var jobs = client.batch().v1().jobs().inNamespace(space.namespace());
      jobs.withName(done.getStatus().jobName()).delete();
      jobs.withName(done.getStatus().jobName())
          .waitUntilCondition(job -> job == null, 60, TimeUnit.SECONDS);
      // A change that makes the operator look again.
      client
          .resources(SFTJob.class)
          .inNamespace(space.namespace())
          .withName("finished")
          .edit(
              job -> {
                job.getMetadata().setLabels(java.util.Map.of("looked-at", "again"));
                return job;
              });
      restartOperator();
      var still =
          client.resources(SFTJob.class).inNamespace(space.namespace()).withName("finished").get();
      assertThat(JobWatch.stateOf(still)).isEqualTo(JobState.Succeeded);
      assertThat(jobs.withLabel("sftjob.io/job", "finished").list().getItems()).isEmpty();
    }
  }

  private JobWatch watch(String name) {
    return new JobWatch(client, space.namespace(), name);
  }

  private void apply(String name) {
    var result = suite.apply(space, Recipes.job(space, name, STEPS, EVERY));
    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  private SFTJob awaitCheckpoint(JobWatch watch) {
    return watch.await(
        "running with a checkpoint",
        LIMIT,
        job ->
            JobWatch.stateOf(job) == JobState.Running && !job.getStatus().checkpoints().isEmpty());
  }

  private void patchSuspend(String name, boolean suspend) {
    suite
        .cluster()
        .kubectl("patch", "sft", name, "-n", space.namespace(), "--type=merge", "-p")
        .with("{\"spec\":{\"suspend\":%b}}".formatted(suspend))
        .output();
  }

  private long pods(String name) {
    return client
        .pods()
        .inNamespace(space.namespace())
        .withLabel("sftjob.io/job", name)
        .list()
        .getItems()
        .size();
  }

  private void scaleOperator(int replicas) {
    var deployments = client.apps().deployments().inNamespace(OperatorInstall.NAMESPACE);
    var operator = deployments.list().getItems().getFirst();
    deployments.resource(operator).scale(replicas);
    client
        .pods()
        .inNamespace(OperatorInstall.NAMESPACE)
        .withLabels(operator.getSpec().getSelector().getMatchLabels())
        .informOnCondition(
            pods -> replicas == 0 ? pods.isEmpty() : pods.stream().anyMatch(pod -> ready(pod)))
        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  private void restartOperator() {
    scaleOperator(0);
    scaleOperator(1);
  }

  private static boolean ready(io.fabric8.kubernetes.api.model.Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  private Path adapter(String name) {
    return space.folder().resolve("out").resolve(name).resolve("adapter");
  }

  private void assertSameAdapter(SFTJob done) {
    assertThat(done.getStatus().artifacts().getFirst().sha256())
        .isEqualTo(undisturbed.getStatus().artifacts().getFirst().sha256());
  }

  private static void assertProgressOnlyGrows(List<SFTJob> seen) {
    var steps =
        seen.stream()
            .filter(job -> job.getStatus() != null && job.getStatus().progress() != null)
            .map(job -> job.getStatus().progress().step())
            .filter(step -> step != null)
            .toList();
    assertThat(steps).isSorted().isNotEmpty();
  }
}
