package io.sftjob.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.testcontainers.containers.BindMode;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** k3s in one container, by Testcontainers. Needs a Docker daemon. */
final class K3sCluster implements TestCluster {
  private static final DockerImageName IMAGE = DockerImageName.parse("rancher/k3s:v1.34.4-k3s1");

  private final K3sContainer container;
  private final Path kubeconfig;

  private K3sCluster(K3sContainer container, Path kubeconfig) {
    this.container = container;
    this.kubeconfig = kubeconfig;
  }

  static K3sCluster up(Path shared) {
    var container = new K3sContainer(IMAGE);
    container.withFileSystemBind(shared.toString(), shared.toString(), BindMode.READ_WRITE);
    container.start();
    try {
      var kubeconfig = Files.createTempFile("kubeconfig-", ".yaml");
      return new K3sCluster(
          container, Files.writeString(kubeconfig, container.getKubeConfigYaml()));
    } catch (IOException e) {
      container.stop();
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String describe() {
    return IMAGE + " (Testcontainers)";
  }

  @Override
  public Path kubeconfig() {
    return kubeconfig;
  }

  @Override
  public void load(Path imageArchive) {
    var inside = "/tmp/" + imageArchive.getParent().getParent().getFileName() + ".tar";
    container.copyFileToContainer(MountableFile.forHostPath(imageArchive), inside);
    try {
      var result = container.execInContainer("ctr", "-n", "k8s.io", "images", "import", inside);
      if (result.getExitCode() != 0) {
        throw new IllegalStateException("k3s can not import " + imageArchive + ": " + result);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    container.stop();
  }
}
