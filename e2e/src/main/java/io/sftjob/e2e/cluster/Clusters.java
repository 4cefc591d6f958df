package io.sftjob.e2e.cluster;

import io.sftjob.e2e.Command;
import io.sftjob.e2e.Repository;
import java.nio.file.Path;
import java.util.Optional;

/** Chooses a cluster by {@code CLUSTER=embedded|kind|k3s|current}. */
public final class Clusters {
  /** The kinds of cluster, by the words of the {@code CLUSTER} variable. */
  public enum Kind {
    embedded,
    kind,
    k3s,
    current
  }

  private Clusters() {}

  /**
   * Brings up (or finds) a cluster.
   *
   * @param name tells clusters side by side apart
   * @param shared a folder of this machine that the nodes see at the same path
   */
  public static TestCluster open(String name, Path shared) {
    return switch (choose(Optional.ofNullable(System.getenv("CLUSTER")), Clusters::dockerRuns)) {
      case embedded -> EmbeddedCluster.up(Repository.here().sftkube(), name);
      case kind -> KindCluster.up(name, shared);
      case k3s -> K3sCluster.up(shared);
      case current -> CurrentCluster.ofEnvironment();
    };
  }

  static Kind choose(Optional<String> wanted, java.util.function.BooleanSupplier dockerRuns) {
    if (wanted.isEmpty() || wanted.get().isBlank()) {
      return dockerRuns.getAsBoolean() ? Kind.kind : Kind.embedded;
    }
    try {
      return Kind.valueOf(wanted.get());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "CLUSTER is \"%s\"; expected embedded, kind, k3s or current".formatted(wanted.get()), e);
    }
  }

  private static boolean dockerRuns() {
    try {
      return Command.of("docker", "info").run().exitCode() == 0;
    } catch (java.io.UncheckedIOException e) {
      return false; // no docker client either
    }
  }
}
