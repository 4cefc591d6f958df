package io.sftjob.e2e;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.sftjob.e2e.cluster.Clusters;
import io.sftjob.e2e.cluster.TestCluster;
import io.sftjob.e2e.install.JobSpace;
import io.sftjob.e2e.install.OperatorInstall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** One cluster with the operator installed, for all end-to-end tests of a run. */
final class Suite implements AutoCloseable {
  private final Repository repository = Repository.here();
  private final Path folder = repository.root().resolve("e2e/target/e2e");
  private final TestCluster cluster;
  private final KubernetesClient client;

  private Suite() {
    // What an earlier run left would be resumed from.
    Command.of("rm", "-rf", folder.toString()).output();
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cluster = Clusters.open("sft-e2e", folder);
    client = cluster.client();
  }

  static Suite start() {
    var suite = new Suite();
    try {
      OperatorInstall.install(
          suite.cluster, suite.repository, Map.of("operator.progress.statusInterval", "1s"));
      return suite;
    } catch (RuntimeException e) {
      suite.close();
      throw e;
    }
  }

  TestCluster cluster() {
    return cluster;
  }

  KubernetesClient client() {
    return client;
  }

  Repository repository() {
    return repository;
  }

  /** A namespace whose volume holds the tiny model ({@code model.gguf}) and {@code train.jsonl}. */
  JobSpace space(String namespace) {
    var space = JobSpace.create(client, repository, namespace, folder.resolve(namespace));
    try {
      Files.copy(
          repository
              .root()
              .resolve("trainer-image/src/test/resources/fixtures/gguf/tiny-llama.gguf"),
          space.folder().resolve("model.gguf"),
          StandardCopyOption.REPLACE_EXISTING);
      Files.writeString(space.folder().resolve("train.jsonl"), Rows.jsonLines(400));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return space;
  }

  /** {@code kubectl apply} of a text, as a user would. */
  Command.Result apply(JobSpace space, String yaml) {
    try {
      var file = Files.writeString(Files.createTempFile("sftjob-", ".yaml"), yaml);
      return cluster.kubectl("apply", "-n", space.namespace(), "-f", file.toString()).run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    cluster.close();
  }
}
