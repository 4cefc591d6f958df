package io.sftjob.operator.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.Updatable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.api.v1alpha1.SFTJobStatus;
import io.sftjob.operator.testing.Specs;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** What one test sees: a namespace, the operator, and the controllers that the test plays. */
final class World implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;

  private final ApiServer server;
  private final KubernetesClient client;
  private final OperatorProcess operator;
  private final String namespace;
  private final FakeNode node;

  World(ApiServer server, OperatorProcess operator, int number, int trainerPort) {
    this.server = server;
    this.client = server.admin();
    this.operator = operator;
    this.namespace = "world-" + number;
    this.node = new FakeNode(client, namespace, "127.0.1." + number, trainerPort);
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
  }

  KubernetesClient client() {
    return client;
  }

  OperatorProcess operator() {
    return operator;
  }

  String namespace() {
    return namespace;
  }

  FakeNode node() {
    return node;
  }

  SFTJob apply(String name) {
    return apply(name, Specs.MINIMAL);
  }

  SFTJob apply(String name, String spec) {
    // Not through the records, which would refuse some invalid specs themselves.
    var raw = Serialization.unmarshal(Specs.yaml(name, spec), GenericKubernetesResource.class);
    client.resource(raw).inNamespace(namespace).create();
    return sftjob(name).get();
  }

  void suspend(String name, boolean suspend) {
    patch(name, "{\"spec\":{\"suspend\":%b}}".formatted(suspend));
  }

  SFTJob patch(String name, String mergePatch) {
    return sftjob(name).patch(PatchContext.of(PatchType.JSON_MERGE), mergePatch);
  }

  SFTJobStatus awaitState(String name, JobState state) {
    return await(name, s -> s.state() == state);
  }

  SFTJobStatus awaitReason(String name, String type, String reason) {
    return await(
        name,
        s ->
            s.conditions().stream()
                .anyMatch(c -> c.getType().equals(type) && c.getReason().equals(reason)));
  }

  /** Waits, by a watch, until the status is as wanted; fails with the whole job. */
  SFTJobStatus await(String name, Predicate<SFTJobStatus> wanted) {
    try {
      var job =
          sftjob(name)
              .waitUntilCondition(
                  j -> j != null && j.getStatus() != null && wanted.test(j.getStatus()),
                  PATIENCE_SECONDS,
                  TimeUnit.SECONDS);
      return checked(job);
    } catch (KubernetesClientTimeoutException e) {
      throw new AssertionError(
          "The status did not become as wanted:\n" + Serialization.asYaml(sftjob(name).get()), e);
    }
  }

  SFTJobStatus status(String name) {
    return checked(sftjob(name).get());
  }

  Resource<SFTJob> sftjob(String name) {
    return client.resources(SFTJob.class).inNamespace(namespace).withName(name);
  }

  List<Event> events(String name) {
    return client
        .v1()
        .events()
        .inNamespace(namespace)
        .withField("involvedObject.name", name)
        .list()
        .getItems();
  }

  /** At most so many objects of a kind may be in the namespace. */
  void quota(String resource, int limit) {
    // No controller counts here, so the test says itself that there are none.
    var amounts = Map.of(resource, new Quantity(Integer.toString(limit)));
    var quota =
        new ResourceQuotaBuilder()
            .withNewMetadata()
            .withName("quota")
            .withNamespace(namespace)
            .endMetadata()
            .withNewSpec()
            .withHard(amounts)
            .endSpec()
            .withNewStatus()
            .withHard(amounts)
            .withUsed(Map.of(resource, new Quantity("0")))
            .endStatus()
            .build();
    client.resource(quota).createOr(Updatable::update);
    client.resource(quota).updateStatus();
  }

  String kubectl(String... arguments) {
    return server.kubectl(namespace, arguments);
  }

  static Condition condition(SFTJobStatus status, String type) {
    assertThat(status.conditions()).extracting(Condition::getType).contains(type);
    return status.conditions().stream()
        .filter(c -> c.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    node.close();
    client.resources(SFTJob.class).inNamespace(namespace).delete();
  }

  private static SFTJobStatus checked(SFTJob job) {
    var status = job.getStatus();
    assertThat(status.conditions())
        .allMatch(c -> c.getObservedGeneration() <= status.observedGeneration());
    return status;
  }
}
