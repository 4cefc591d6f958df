package io.sftjob.e2e.install;

import io.sftjob.e2e.Command;
import io.sftjob.e2e.Repository;
import io.sftjob.e2e.cluster.TestCluster;
import java.util.Map;
import java.util.TreeMap;

/** Installs the chart as a user would. */
public final class OperatorInstall {
  public static final String NAMESPACE = "sft-system";
  public static final String RELEASE = "sft-operator";

  /** The names in the archives of `make images`. */
  private static final Map<String, String> IMAGES =
      Map.of(
          "operator.image", "localhost/sft-operator:0.1.0",
          "trainer.image", "localhost/sft-trainer:0.1.0");

  private OperatorInstall() {}

  /**
   * Loads both images, installs or upgrades the release, and waits until the operator is ready.
   *
   * @param values chart values, by their dotted names
   */
  public static void install(
      TestCluster cluster, Repository repository, Map<String, String> values) {
    cluster.load(repository.operatorImage());
    cluster.load(repository.trainerImage());
    helm(cluster, repository, values).output();
  }

  /** The command that {@link #install} runs after loading images. */
  public static Command helm(
      TestCluster cluster, Repository repository, Map<String, String> values) {
    var command =
        Command.of(repository.helm().toString(), "upgrade", "--install", RELEASE)
            .with(repository.chart().toString(), "--kubeconfig", cluster.kubeconfig().toString())
            .with("--namespace", NAMESPACE, "--create-namespace", "--wait", "--timeout", "3m");
    var all = new TreeMap<>(IMAGES);
    all.putAll(values);
    for (var value : all.entrySet()) {
      command = command.with("--set-string", value.getKey() + "=" + value.getValue());
    }
    return command;
  }
}
