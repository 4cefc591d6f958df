package io.sftjob.operator.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.operator.testing.Snapshot;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@ApiServerTest
class LifecycleTest {

  @Test
  void fromApplyToTheAdapter(World world) {
    var resource = world.apply("demo");
    var job = world.node().job("demo-1");
    assertThat(job.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(o -> assertThat(o.getUid()).isEqualTo(resource.getMetadata().getUid()));
    var config =
        world.client().configMaps().inNamespace(world.namespace()).withName("demo-1").get();
    assertThat(config.getImmutable()).isTrue();
    assertThat(config.getData().get("sftjob.yaml")).contains(resource.getMetadata().getUid());
    assertThat(world.awaitReason("demo", "Reconciling", "WaitingForPod").state())
        .isEqualTo(JobState.Pending);

    var pod = world.node().pod(job, "demo-1-a");
    world.node().unschedulable(pod, "0/1 nodes are available: 1 Insufficient memory.");
    var pending = world.awaitReason("demo", "Succeeded", "Unschedulable");
    assertThat(World.condition(pending, "Succeeded").getMessage()).contains("Insufficient memory");
    world.node().waiting(pod, "ImagePullBackOff", "not found");
    world.awaitState("demo", JobState.Starting);

    var trainer = world.node().serve();
    var report = Snapshot.of(pod);
    trainer.say(report.phase(Phase.Load));
    world.node().run(pod);
    var loading = world.await("demo", s -> s.progress() != null);
    assertThat(loading.state()).isEqualTo(JobState.Starting);
    assertThat(loading.progress().phase()).isEqualTo("Load");

    trainer.say(report.seq(2).step(4).checkpoint(4).ledger());
    var running = world.awaitReason("demo", "Running", "Training");
    assertThat(running.progress().percent()).isEqualTo(40);
    assertThat(running.conditions())
        .extracting(Condition::getType)
        .contains("Succeeded", "Running", "Checkpointed")
        .doesNotContain("Reconciling", "Stalled");
    assertThat(running.checkpoints().getFirst().step()).isEqualTo(4);
    assertThat(running.tokens().read()).isEqualTo(100);
    assertThat(running.attempt()).isEqualTo(1);
    assertThat(running.podName()).isEqualTo("demo-1-a");
    trainer.say(report.seq(3).step(6).checkpoint(4).ledger());
    world.await("demo", s -> s.progress().step() == 6);

    world.node().end(pod, 0, "Completed", report.seq(9).step(10).checkpoint(10).done().json());
    world.node().complete(job);
    var done = world.awaitState("demo", JobState.Succeeded);
    assertThat(done.progress().step()).isEqualTo(10);
    assertThat(done.artifacts()).hasSize(1);
    assertThat(done.completionTime()).isNotNull();
    assertThat(world.events("demo"))
        .extracting(Event::getReason)
        .contains("JobCreated", "Running", "Succeeded");
  }

  @Test
  void kubectlShowsTheColumns(World world) {
    world.apply("demo");
    var pod = world.node().pod(world.node().job("demo-1"), "demo-1-a");
    world.node().serve().say(Snapshot.of(pod).step(4).checkpoint(3));
    world.node().run(pod);
    world.awaitReason("demo", "Running", "Training");
    assertThat(world.kubectl("get", "sft", "-o", "wide"))
        .containsPattern("NAME +STATE +REASON +PROGRESS +STEP +LOSS +CHECKPOINT +AGE")
        .containsPattern("demo +Running +Training +40 +4 +0\\.4 +3 ");
    assertThat(world.kubectl("explain", "sftjob.spec.training.learningRate"))
        .contains("peak learning rate");
  }

  @Test
  void aQueueMayHoldTheJobBack(World world) {
    world.apply("demo");
    world.node().suspendJob("demo-1", true);
    assertThat(World.condition(world.awaitState("demo", JobState.Queued), "Queued").getStatus())
        .isEqualTo("True");
    world.node().suspendJob("demo-1", false);
    world.awaitState("demo", JobState.Pending);
  }

  /** JOSDK 5.3 loses such edits unless it is told not to compare resource versions. */
  @Test
  void anEditThatRacesStatusWritesIsNotLost(World world) {
    world.apply("demo");
    var job = world.node().job("demo-1");
    var pod = world.node().pod(job, "demo-1-a");
    var trainer = world.node().serve();
    trainer.say(Snapshot.of(pod).step(1));
    world.node().run(pod);
    world.awaitReason("demo", "Running", "Training");
    var stop = new CompletableFuture<Void>();
    var talk =
        CompletableFuture.runAsync(
            () -> {
              for (long seq = 2; !stop.isDone(); seq++) {
                trainer.say(Snapshot.of(pod).seq(seq).step(seq));
              }
            });
    for (int i = 0; i < 20; i++) {
      // An edit of the spec that changes nothing for the run: the generation must be observed.
      var value = i % 2 == 0 ? "false" : "null";
      var edited = world.patch("demo", "{\"spec\":{\"suspend\":%s}}".formatted(value));
      long generation = edited.getMetadata().getGeneration();
      world.await("demo", s -> s.observedGeneration() >= generation);
    }
    stop.complete(null);
    talk.orTimeout(10, TimeUnit.SECONDS).join();
  }
}
