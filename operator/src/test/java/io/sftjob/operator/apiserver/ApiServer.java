package io.sftjob.operator.apiserver;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real kube-apiserver with etcd, the CRD and the chart's RBAC; no controllers, no nodes. */
final class ApiServer implements AutoCloseable {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path BINARIES = ROOT.resolve("cluster/build/kubeapitest");

  private static final String TOKEN = "operator-under-test";

  private final KubeAPIServer server;
  private final Path kubeconfig;
  private final KubernetesClient admin;

  private ApiServer(KubeAPIServer server) {
    this.server = server;
    this.kubeconfig = write("kubeconfig", server.getKubeConfigYaml());
    this.admin =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
            .build();
  }

  static ApiServer start() {
    if (!Files.isDirectory(BINARIES.resolve("k8s"))) {
      throw new IllegalStateException(
          "There is no API server in " + BINARIES + ": run `make cluster` first.");
    }
    var server =
        new KubeAPIServer(
            KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(BINARIES.toString())
                .withOfflineMode(true)
                .withApiServerFlag("--token-auth-file", tokens().toString())
                .build());
    server.start();
    var started = new ApiServer(server);
    try {
      started.install();
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  KubernetesClient admin() {
    return admin;
  }

  /** A client's configuration with the rights that the chart gives the operator, and no others. */
  Config operator() {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(admin.getMasterUrl().toString())
        .withCaCertFile(admin.getConfiguration().getCaCertFile())
        .withOauthToken(TOKEN)
        .build();
  }

  String kubectl(String namespace, String... arguments) {
    try (var versions = Files.list(BINARIES.resolve("k8s"))) {
      var kubectl = versions.sorted().toList().getLast().resolve("kubectl");
      var all = new ArrayList<>(List.of(arguments));
      all.addAll(List.of("--kubeconfig", kubeconfig.toString(), "--namespace", namespace));
      return Commands.run(kubectl, all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    admin.close();
    server.stop();
  }

  private static Path tokens() {
    return write(
        "tokens.csv",
        "%s,system:serviceaccount:%s:%s,operator,\"system:serviceaccounts,system:authenticated\"\n"
            .formatted(TOKEN, Chart.NAMESPACE, Chart.RELEASE));
  }

  private static Path write(String name, String content) {
    try {
      return Files.writeString(Path.of("target", name).toAbsolutePath(), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void install() {
    var crd =
        admin
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .load(ROOT.resolve("crds/sftjobs.sftjob.io-v1.yml").toFile())
            .create();
    admin
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName(crd.getMetadata().getName())
        .waitUntilCondition(ApiServer::established, 30, TimeUnit.SECONDS);
    admin
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(Chart.NAMESPACE)
                .endMetadata()
                .build())
        .create();
    Chart.template().stream().filter(ApiServer::isRbac).forEach(r -> admin.resource(r).create());
  }

  private static boolean isRbac(HasMetadata resource) {
    return resource.getApiVersion().startsWith("rbac.authorization.k8s.io/")
        || resource.getKind().equals("ServiceAccount");
  }

  private static boolean established(CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }
}
