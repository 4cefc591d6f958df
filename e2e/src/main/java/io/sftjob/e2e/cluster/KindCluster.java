package io.sftjob.e2e.cluster;

import io.sftjob.e2e.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** kind: nodes are Docker containers. Needs {@code kind} and a Docker daemon. */
final class KindCluster implements TestCluster {
  private final String name;
  private final Path kubeconfig;

  private KindCluster(String name, Path kubeconfig) {
    this.name = name;
    this.kubeconfig = kubeconfig;
  }

  static KindCluster up(String name, Path shared) {
    try {
      var config = Files.createTempFile("kind-", ".yaml");
      Files.writeString(
          config,
          """
          kind: Cluster
          apiVersion: kind.x-k8s.io/v1alpha4
          nodes:
            - role: control-plane
              extraMounts:
                - hostPath: %1$s
                  containerPath: %1$s
          """
              .formatted(shared));
      var kubeconfig = Files.createTempFile("kubeconfig-", ".yaml");
      if (Command.of("kind", "get", "clusters").output().lines().anyMatch(name::equals)) {
        Command.of("kind", "export", "kubeconfig", "--name", name)
            .with("--kubeconfig", kubeconfig.toString())
            .output();
        return new KindCluster(name, kubeconfig);
      }
      Command.of("kind", "create", "cluster", "--name", name, "--wait", "120s")
          .with("--config", config.toString(), "--kubeconfig", kubeconfig.toString())
          .output();
      return new KindCluster(name, kubeconfig);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String describe() {
    return "kind (" + name + ")";
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public void load(Path imageArchive) {
    Command.of("kind", "load", "image-archive", imageArchive.toString(), "--name", name).output();
  }

  @Override
  public void close() {
    Command.of("kind", "delete", "cluster", "--name", name).output();
  }
}
