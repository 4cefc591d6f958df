package io.sftjob.e2e.cluster;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The cluster of the kubeconfig in force. Its nodes must already have the images, and must see this
 * machine's folders at the same path (a cluster on this machine).
 */
final class CurrentCluster implements TestCluster {
  private final Path kubeconfig;

  private CurrentCluster(Path kubeconfig) {
    this.kubeconfig = kubeconfig;
  }

  static CurrentCluster ofEnvironment() {
    var variable = System.getenv("KUBECONFIG");
    var file =
        variable == null || variable.isBlank()
            ? Path.of(System.getProperty("user.home"), ".kube", "config")
            : Path.of(variable);
    if (!Files.isReadable(file)) {
      throw new IllegalStateException(
          "CLUSTER=current needs a kubeconfig: %s can not be read; set KUBECONFIG".formatted(file));
    }
    return new CurrentCluster(file);
  }

  @Override
  public String describe() {
    return "the cluster of " + kubeconfig;
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public void load(Path imageArchive) {
    System.err.println("CLUSTER=current: taking for granted that the nodes have " + imageArchive);
  }

  @Override
  public void close() {}
}
