package io.sftjob.operator.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.operator.testing.Specs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The whole application: configuration, injection, leader election, health, metrics. */
@Tag("apiserver")
@QuarkusTest
@TestProfile(ApplicationTest.Production.class)
@WithTestResource(ApiServerResource.class)
class ApplicationTest {
  private KubernetesClient client;

  @TestHTTPResource("/q/")
  URI management;

  void use(KubernetesClient client) {
    this.client = client;
  }

  @Test
  void leadsReconcilesAndSaysSo() throws IOException, InterruptedException {
    var job = Specs.parse("demo", Specs.MINIMAL);
    job.getMetadata().setNamespace("default");
    client.resource(job).create();
    var started =
        client
            .resource(job)
            .waitUntilCondition(
                j -> j != null && j.getStatus() != null && j.getStatus().jobName() != null,
                60,
                TimeUnit.SECONDS);
    assertThat(started.getStatus().state()).isEqualTo(JobState.Pending);
    var child = client.batch().v1().jobs().inNamespace("default").withName("demo-1").get();
    assertThat(child.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage())
        .isEqualTo("sft/trainer:test");
    // Not only taken but renewed, which is another right.
    client
        .leases()
        .inNamespace(Chart.NAMESPACE)
        .withName("sft-operator")
        .waitUntilCondition(
            l -> l.getSpec().getRenewTime().isAfter(l.getSpec().getAcquireTime()),
            30,
            TimeUnit.SECONDS);
    assertThat(get("health/ready")).contains("\"status\": \"UP\"");
    assertThat(get("metrics")).contains("sftjobs{state=\"Pending\"} 1.0");
  }

  private String get(String path) throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(management.resolve(path)).build();
      return http.send(request, BodyHandlers.ofString()).body();
    }
  }

  /** As in a cluster, leader election included. */
  public static class Production implements QuarkusTestProfile {
    @Override
    public String getConfigProfile() {
      return "prod";
    }
  }
}
