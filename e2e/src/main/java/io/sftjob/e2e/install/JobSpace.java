package io.sftjob.e2e.install;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sftjob.e2e.Repository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A namespace under Pod Security {@code restricted}, with one claim over a folder of this machine:
 * the manifests of {@code examples/demo}, under another name.
 *
 * @param folder what {@code pvc://demo/} is
 */
public record JobSpace(String namespace, Path folder) {
  private static final String CLAIM = "demo";

  /** Creates the folder, the namespace, a local volume over the folder and a claim bound to it. */
  public static JobSpace create(
      KubernetesClient client, Repository repository, String namespace, Path folder) {
    var manifests = repository.examples().resolve("demo");
    var space = new JobSpace(namespace, folder);
    try {
      Files.createDirectories(folder);
      space.apply(client, manifests.resolve("namespace.yaml"));
      space.apply(client, manifests.resolve("volume.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // A pod that is scheduled before may stay unscheduled for minutes: the scheduler of 1.34 was
    // seen to miss the claim's binding.
    client
        .persistentVolumeClaims()
        .inNamespace(namespace)
        .withName(CLAIM)
        .waitUntilCondition(JobSpace::isBound, 60, TimeUnit.SECONDS);
    return space;
  }

  /** The URI of a path in the folder, as specs write it. */
  public String uri(String path) {
    return "pvc://" + CLAIM + "/" + path;
  }

  private void apply(KubernetesClient client, Path manifest) throws IOException {
    var yaml =
        Files.readString(manifest)
            .replace("sft-demo", namespace)
            .replace("FOLDER", folder.toString());
    client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))).serverSideApply();
  }

  private static boolean isBound(PersistentVolumeClaim claim) {
    return claim != null
        && claim.getStatus() != null
        && "Bound".equals(claim.getStatus().getPhase());
  }
}
