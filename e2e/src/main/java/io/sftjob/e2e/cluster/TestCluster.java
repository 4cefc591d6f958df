package io.sftjob.e2e.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.sftjob.e2e.Command;
import java.nio.file.Path;

/** A Kubernetes cluster to test or show on. All that tests and demo know of where they run. */
public interface TestCluster extends AutoCloseable {
  /** One line for people. */
  String describe();

  Path kubeconfig();

  /** Makes the images of a docker-archive or OCI archive known to every node. */
  void load(Path imageArchive);

  /** {@code kubectl} with this cluster's credentials. */
  default Command kubectl(String... arguments) {
    return Command.of("kubectl").env("KUBECONFIG", kubeconfig().toString()).with(arguments);
  }

  /** A client with the kubeconfig's rights; the caller closes it. */
  default KubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(kubeconfig().toFile()))
        .build();
  }

  /** Takes down what it brought up. */
  @Override
  void close();
}
