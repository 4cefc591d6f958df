package io.sftjob.e2e.cluster;

import io.sftjob.e2e.Command;
import java.nio.file.Path;

/**
 * The Kubernetes of {@code cluster/}: real components from Go modules, without a container daemon.
 */
final class EmbeddedCluster implements TestCluster {
  private final Command sftkube;
  private final Path kubeconfig;

  private EmbeddedCluster(Command sftkube, Path kubeconfig) {
    this.sftkube = sftkube;
    this.kubeconfig = kubeconfig;
  }

  static EmbeddedCluster up(Path binary, String name) {
    var sftkube = Command.of(binary.toString(), "--name", name);
    sftkube.with("up").output();
    return new EmbeddedCluster(sftkube, Path.of(sftkube.with("kubeconfig").output().strip()));
  }

  @Override
  public String describe() {
    return "embedded Kubernetes, " + kubeconfig;
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public Command kubectl(String... arguments) {
    return sftkube.with("kubectl").with(arguments);
  }

  @Override
  public void load(Path imageArchive) {
    sftkube.with("load", imageArchive.toString()).output();
  }

  @Override
  public void close() {
    sftkube.with("down", "--purge").output();
  }
}
