package io.sftjob.e2e.install;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A namespace under Pod Security {@code restricted}, with one claim over a folder of this machine.
 *
 * @param folder what {@code pvc://CLAIM/} is
 */
public record JobSpace(String namespace, String claim, Path folder) {
  private static final Quantity SIZE = new Quantity("10Gi");

  /** Creates the folder, the namespace, a local volume over the folder and a claim bound to it. */
  public static JobSpace create(
      KubernetesClient client, String namespace, String claim, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(namespace)
                .withLabels(Map.of("pod-security.kubernetes.io/enforce", "restricted"))
                .endMetadata()
                .build())
        .serverSideApply();
    client.resource(volume(namespace, claim, folder)).serverSideApply();
    client.resource(claimOf(namespace, claim)).serverSideApply();
    // A pod that is scheduled before may stay unscheduled for minutes: the scheduler of 1.34 was
    // seen
    // to miss the claim's binding.
    client
        .persistentVolumeClaims()
        .inNamespace(namespace)
        .withName(claim)
        .waitUntilCondition(JobSpace::isBound, 60, TimeUnit.SECONDS);
    return new JobSpace(namespace, claim, folder);
  }

  private static boolean isBound(PersistentVolumeClaim claim) {
    return claim != null
        && claim.getStatus() != null
        && "Bound".equals(claim.getStatus().getPhase());
  }

  /** The URI of a path in the folder, as specs write it. */
  public String uri(String path) {
    return "pvc://" + claim + "/" + path;
  }

  // fsGroup is applied to `local` volumes and not to hostPath: a restricted pod could not write.
  private static PersistentVolume volume(String namespace, String claim, Path folder) {
    return new PersistentVolumeBuilder()
        .withNewMetadata()
        .withName(volumeName(namespace, claim))
        .endMetadata()
        .withNewSpec()
        .withCapacity(Map.of("storage", SIZE))
        .withAccessModes("ReadWriteOnce")
        .withPersistentVolumeReclaimPolicy("Retain")
        .withStorageClassName("")
        .withNewClaimRef()
        .withNamespace(namespace)
        .withName(claim)
        .endClaimRef()
        .withNewLocal()
        .withPath(folder.toString())
        .endLocal()
        .withNewNodeAffinity()
        .withNewRequired()
        .addNewNodeSelectorTerm()
        .addNewMatchExpression()
        .withKey("kubernetes.io/hostname")
        .withOperator("Exists")
        .endMatchExpression()
        .endNodeSelectorTerm()
        .endRequired()
        .endNodeAffinity()
        .endSpec()
        .build();
  }

  private static PersistentVolumeClaim claimOf(String namespace, String claim) {
    return new PersistentVolumeClaimBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(claim)
        .endMetadata()
        .withNewSpec()
        .withAccessModes("ReadWriteOnce")
        .withStorageClassName("")
        .withVolumeName(volumeName(namespace, claim))
        .withNewResources()
        .withRequests(Map.of("storage", SIZE))
        .endResources()
        .endSpec()
        .build();
  }

  private static String volumeName(String namespace, String claim) {
    return namespace + "-" + claim;
  }
}
