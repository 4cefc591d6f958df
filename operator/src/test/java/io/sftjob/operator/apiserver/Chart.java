package io.sftjob.operator.apiserver;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The chart as Helm renders it. */
final class Chart {
  static final String RELEASE = "sft-operator";
  static final String NAMESPACE = "sft-system";
  static final Path FOLDER = Path.of("../charts/sft-operator");
  private static final Path HELM = Path.of("../cluster/build/helm");

  private Chart() {}

  /**
   * @param arguments for example {@code "--set", "a=b"}
   */
  static List<HasMetadata> template(String... arguments) {
    var yaml =
        run(
            Stream.concat(
                    Stream.of(
                        "template",
                        RELEASE,
                        FOLDER.toString(),
                        "--namespace",
                        NAMESPACE,
                        "--kube-version",
                        "1.34.0"),
                    Stream.of(arguments))
                .toArray(String[]::new));
    return Stream.of(yaml.split("(?m)^---\n"))
        .filter(document -> document.contains("kind:"))
        .map(document -> (HasMetadata) Serialization.unmarshal(document))
        .toList();
  }

  static String run(String... arguments) {
    return Commands.run(HELM, List.of(arguments));
  }
}
