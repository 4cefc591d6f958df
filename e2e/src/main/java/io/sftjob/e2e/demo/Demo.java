package io.sftjob.e2e.demo;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.e2e.Command;
import io.sftjob.e2e.JobWatch;
import io.sftjob.e2e.Repository;
import io.sftjob.e2e.cluster.Clusters;
import io.sftjob.e2e.cluster.TestCluster;
import io.sftjob.e2e.install.JobSpace;
import io.sftjob.e2e.install.OperatorInstall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * {@code make demo}: one {@code kubectl apply} fine-tunes a real model on a real cluster, loses its
 * pod on the way, and goes on. Arguments: the folder with {@code model.gguf} and the data, and
 * {@code up} or {@code down}.
 */
public final class Demo {
  private static final String NAME = "sft-demo";
  private static final String JOB = "dictionary";
  private static final Duration LIMIT = Duration.ofMinutes(15);
  private static final List<String> PROMPTS = List.of("Define: serendipity", "Define: lighthouse");

  private final TestCluster cluster;
  private final KubernetesClient client;
  private final Repository repository;
  private final Path folder;

  private Demo(TestCluster cluster, KubernetesClient client, Path folder) {
    this.cluster = cluster;
    this.client = client;
    this.repository = Repository.here();
    this.folder = folder;
  }

  public static void main(String[] args) {
    if (args.length != 2 || !List.of("up", "down").contains(args[1])) {
      System.err.println("usage: Demo FOLDER up|down");
      System.exit(2);
    }
    var folder = Path.of(args[0]).toAbsolutePath();
    var cluster = Clusters.open(NAME, folder);
    if (args[1].equals("down")) {
      cluster.close();
      say("The demo's cluster is gone; models and adapters are still in " + folder + ".");
      return;
    }
    // The cluster stays, so that its user can look around.
    try (var client = cluster.client()) {
      new Demo(cluster, client, folder).run();
    }
  }

  private void run() {
    say("Cluster: " + cluster.describe());
    say("Loading the images and installing the chart with Helm");
    OperatorInstall.install(cluster, repository, Map.of("operator.progress.statusInterval", "2s"));
    var space = JobSpace.create(client, repository, NAME, folder);
    var yaml = repository.examples().resolve("demo/sftjob.yaml");
    try (var view = new ProgressView();
        var watch = new JobWatch(client, space.namespace(), JOB, view::show)) {
      kubectl("delete", "sft", JOB, "--ignore-not-found").output();
      deleteTree(folder.resolve("output"));
      say("$ kubectl apply -f examples/demo/sftjob.yaml");
      kubectl("apply", "-f", yaml.toString()).output();
      deletePodOnceCheckpointed(watch);
      var done = watch.await("finished", LIMIT, Demo::finished);
      if (done.getStatus().state() != JobState.Succeeded) {
        throw new IllegalStateException(
            "the job failed: " + JobWatch.condition(done, "Succeeded").getMessage());
      }
    }
    show();
  }

  private void deletePodOnceCheckpointed(JobWatch watch) {
    var running =
        watch.await(
            "running with a checkpoint",
            LIMIT,
            job ->
                finished(job)
                    || (JobWatch.stateOf(job) == JobState.Running
                        && !job.getStatus().checkpoints().isEmpty()));
    if (finished(running)) {
      return;
    }
    var pod = running.getStatus().podName();
    say("\nDeleting the trainer's pod in mid-training ($ kubectl delete pod " + pod + ")");
    kubectl("delete", "pod", pod, "--wait=false").output();
  }

  private void show() {
    kubectl("get", "sft", "-o", "wide").show();
    kubectl("get", "sft", JOB, "-o", "yaml", "--show-managed-fields=false").show();
    var adapter = folder.resolve("output/adapter");
    say("The adapter is in " + adapter);
    var generate =
        Command.of(repository.sft().toString(), "generate", "--max-new-tokens", "48")
            .with("--model", folder.resolve("model.gguf").toString());
    for (var prompt : PROMPTS) {
      generate = generate.with("--prompt", prompt);
    }
    say("\nBefore training:");
    generate.show();
    say("\nAfter training:");
    generate.with("--adapter", adapter.toString()).show();
    say("\nThe cluster is still up: look around with");
    say("  " + cluster.kubectl("get", "sft", "-A"));
    say("and take it down with `make demo-down`.");
  }

  private Command kubectl(String... arguments) {
    return cluster.kubectl(arguments).with("-n", NAME);
  }

  private static boolean finished(SFTJob job) {
    var state = JobWatch.stateOf(job);
    return state == JobState.Succeeded || state == JobState.Failed;
  }

  private static void deleteTree(Path tree) {
    Command.of("rm", "-rf", tree.toString()).output();
  }

  private static void say(String words) {
    System.out.println(words);
  }
}
