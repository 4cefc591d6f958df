package io.sftjob.operator.child;

import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.sftjob.api.v1alpha1.SFTJobSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The PersistentVolumeClaims that a spec names, each mounted once at {@value #ROOT}/CLAIM; only the
 * output's may be written.
 */
final class Claims {
  static final String ROOT = "/mnt/pvc";
  private static final String SCHEME = "pvc://";

  /** Claim to "may be written", in the order of names so that a spec always gives the same pod. */
  private final Map<String, Boolean> writable = new TreeMap<>();

  private Claims() {}

  static Claims of(SFTJobSpec spec) {
    var claims = new Claims();
    Fields.uris(spec).forEach((field, uri) -> claims.add(uri, field.equals(Fields.OUTPUT)));
    return claims;
  }

  List<Volume> volumes() {
    return writable.keySet().stream()
        .map(
            claim ->
                new VolumeBuilder()
                    .withName(volume(claim))
                    .withNewPersistentVolumeClaim()
                    .withClaimName(claim)
                    .endPersistentVolumeClaim()
                    .build())
        .toList();
  }

  List<VolumeMount> mounts() {
    return writable.entrySet().stream()
        .map(
            claim ->
                new VolumeMountBuilder()
                    .withName(volume(claim.getKey()))
                    .withMountPath(ROOT + "/" + claim.getKey())
                    .withReadOnly(claim.getValue() ? null : true)
                    .build())
        .toList();
  }

  private void add(String uri, boolean write) {
    if (uri.startsWith(SCHEME)) writable.merge(claim(uri), write, Boolean::logicalOr);
  }

  private static String claim(String uri) {
    var path = uri.substring(SCHEME.length());
    var slash = path.indexOf('/');
    return slash < 0 ? path : path.substring(0, slash);
  }

  /** A claim's name can be longer than a volume's may be, so volumes are numbered. */
  private String volume(String claim) {
    return "claim-" + List.copyOf(writable.keySet()).indexOf(claim);
  }
}
