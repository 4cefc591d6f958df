package io.sftjob.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.e2e.install.JobSpace;
import io.sftjob.e2e.install.OperatorInstall;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can not work is refused in words that say what to do. */
@ExtendWith(SuiteExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusalIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Suite suite;
  private JobSpace space;

  @BeforeAll
  void create(Suite suite) {
    this.suite = suite;
    space = suite.space("refusal");
  }

  @Test
  void theApiServerRefusesContradictions() {
    var both =
        Recipes.job(space, "both", 5, 5).replace("maxSteps: 5", "maxSteps: 5\n    epochs: \"2\"");
    var result = suite.apply(space, both);
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output()).contains("epochs").contains("maxSteps");
  }

  @Test
  void aSpecThatTheSchemaCanNotSeeThroughIsStalled() {
    var yaml =
        Recipes.job(space, "local", 5, 5)
            .replace(space.uri("model.gguf"), "file:///models/model.gguf");
    try (var watch = new JobWatch(suite.client(), space.namespace(), "local")) {
      assertThat(suite.apply(space, yaml).exitCode()).isZero();
      var job =
          watch.await(
              "stalled",
              LIMIT,
              j ->
                  j.getStatus() != null
                      && j.getStatus().conditions().stream()
                          .anyMatch(
                              c -> c.getType().equals("Stalled") && c.getStatus().equals("True")));
      var stalled = JobWatch.condition(job, "Stalled");
      assertThat(stalled.getReason()).isEqualTo("Invalid");
      assertThat(stalled.getMessage()).contains("spec.model.uri").contains("pvc://");
    }
  }

  @Test
  void aMissingModelFailsAtOnceAndSaysSo() {
    var yaml =
        Recipes.job(space, "no-model", 5, 5)
            .replace(space.uri("model.gguf"), space.uri("models/absent.gguf"));
    try (var watch = new JobWatch(suite.client(), space.namespace(), "no-model")) {
      assertThat(suite.apply(space, yaml).exitCode()).isZero();
      var failed = watch.awaitState(JobState.Failed, LIMIT);
      var succeeded = JobWatch.condition(failed, "Succeeded");
      assertThat(succeeded.getStatus()).isEqualTo("False");
      assertThat(succeeded.getReason()).isEqualTo("ModelNotUsable");
      assertThat(succeeded.getMessage()).contains("absent.gguf");
      assertThat(watch.seen())
          .filteredOn(job -> job.getStatus() != null)
          .noneMatch(job -> JobWatch.condition(job, "Succeeded").getReason().equals("Retrying"));
      assertThat(suite.cluster().kubectl("get", "sft", "-n", space.namespace()).output())
          .containsPattern("no-model +Failed +ModelNotUsable");
      assertThat(
              suite
                  .client()
                  .pods()
                  .inNamespace(space.namespace())
                  .withLabel("sftjob.io/job", "no-model")
                  .list()
                  .getItems())
          .hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // verb, resource and subresource, allowed
    "get, secrets, no",
    "list, secrets, no",
    "create, pods, no",
    "delete, sftjobs.sftjob.io, no",
    "create, jobs.batch, yes",
    "delete, jobs.batch, yes",
    "watch, pods, yes",
    "create, configmaps, yes",
    "create, events, yes",
    "list, sftjobs.sftjob.io, yes",
    "patch, sftjobs.sftjob.io --subresource=status, yes"
  })
  void theOperatorMayDoWhatItNeedsAndNoMore(String verb, String resource, String allowed) {
    var account =
        suite
            .client()
            .apps()
            .deployments()
            .inNamespace(OperatorInstall.NAMESPACE)
            .list()
            .getItems()
            .getFirst()
            .getSpec()
            .getTemplate()
            .getSpec()
            .getServiceAccountName();
    var result =
        suite
            .cluster()
            .kubectl("auth", "can-i", "-n", space.namespace(), verb)
            .with(resource.split(" "))
            .with("--as", "system:serviceaccount:" + OperatorInstall.NAMESPACE + ":" + account)
            .run();
    assertThat(result.output().lines().toList().getLast()).isEqualTo(allowed);
  }

  @Test
  void theExamplesAreAccepted() throws IOException {
    try (var files = Files.walk(suite.repository().examples())) {
      var jobs = files.filter(file -> file.endsWith("sftjob.yaml")).toList();
      assertThat(jobs).hasSizeGreaterThanOrEqualTo(2);
      for (var job : jobs) {
        var result =
            suite
                .cluster()
                .kubectl("apply", "--dry-run=server", "-n", space.namespace(), "-f")
                .with(job.toString())
                .run();
        assertThat(result.exitCode()).as(job + ": " + result.output()).isZero();
      }
    }
  }
}
