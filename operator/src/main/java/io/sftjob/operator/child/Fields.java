package io.sftjob.operator.child;

import io.sftjob.api.v1alpha1.DataSource;
import io.sftjob.api.v1alpha1.SFTJobSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The URIs of a spec by the name of their field. */
public final class Fields {
  static final String OUTPUT = "spec.output.uri";

  private Fields() {}

  static Map<String, String> uris(SFTJobSpec spec) {
    var uris = new LinkedHashMap<String, String>();
    uris.put("spec.model.uri", spec.model().uri());
    data(uris, "spec.dataset.train.", spec.dataset().train());
    if (spec.dataset().eval() != null) data(uris, "spec.dataset.eval.", spec.dataset().eval());
    if (spec.lora() != null && spec.lora().initFrom() != null)
      uris.put("spec.lora.initFrom.uri", spec.lora().initFrom().uri());
    uris.put(OUTPUT, spec.output().uri());
    return uris;
  }

  private static void data(Map<String, String> uris, String path, DataSource data) {
    for (int i = 0; i < data.all().size(); i++) {
      uris.put(path + data.field(i), data.all().get(i).uri());
    }
  }

  /** What keeps a spec from running in a cluster although its schema allows it, for people. */
  public static Optional<String> invalid(SFTJobSpec spec) {
    return uris(spec).entrySet().stream()
        .filter(e -> e.getValue().startsWith("file://"))
        .findFirst()
        .map(
            e ->
                ("%s is %s: a pod does not see the files of another machine. Put them into a"
                        + " PersistentVolumeClaim and write pvc://CLAIM/PATH in a job with a new"
                        + " name, or run the trainer outside the cluster.")
                    .formatted(e.getKey(), e.getValue()));
  }
}
