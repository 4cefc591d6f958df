package io.sftjob.operator.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.operator.testing.Snapshot;
import org.junit.jupiter.api.Test;

@ApiServerTest
class FailureTest {

  @Test
  void aLostPodIsRetriedAndTheNextGoesOn(World world) {
    world.apply("demo");
    var job = world.node().job("demo-1");
    var first = world.node().pod(job, "demo-1-a");
    var trainer = world.node().serve();
    trainer.say(Snapshot.of(first).step(4).checkpoint(4));
    world.node().run(first);
    world.awaitReason("demo", "Running", "Training");
    world.node().end(first, 137, "OOMKilled", null);
    var retrying = world.awaitReason("demo", "Succeeded", "Retrying");
    assertThat(retrying.state()).isEqualTo(JobState.Pending);
    assertThat(World.condition(retrying, "Succeeded").getMessage()).contains("OOMKilled");

    var second = world.node().pod(job, "demo-1-b");
    trainer.say(Snapshot.of(second).attempt(2).step(5).checkpoint(4));
    world.node().run(second);
    var running = world.await("demo", s -> s.attempt() == 2);
    assertThat(running.state()).isEqualTo(JobState.Running);
    assertThat(running.podName()).isEqualTo("demo-1-b");
    assertThat(world.events("demo"))
        .anySatisfy(
            e -> {
              assertThat(e.getReason()).isEqualTo("Resumed");
              assertThat(e.getMessage()).contains("Attempt 2", "step 4");
            });
  }

  @Test
  void theTrainersWordsReachTheStatusAndStay(World world) {
    world.apply("demo");
    var job = world.node().job("demo-1");
    var pod = world.node().pod(job, "demo-1-a");
    world.node().run(pod);
    var words = "/mnt/pvc/models/tiny: no config.json in this folder";
    world.node().end(pod, 11, "Error", Snapshot.of(pod).failed("ModelNotUsable", words).json());
    world.node().fail(job, "PodFailurePolicy", "exit code 11 matches FailJob rule at index 1");
    var failed = world.awaitState("demo", JobState.Failed);
    for (var type : new String[] {"Succeeded", "Stalled"}) {
      assertThat(World.condition(failed, type).getReason()).isEqualTo("ModelNotUsable");
      assertThat(World.condition(failed, type).getMessage()).contains(words);
    }

    // The end stays, whatever becomes of the child, and nothing is started again.
    world.node().delete(pod);
    world.client().resource(job).delete();
    world.suspend("demo", true);
    world.suspend("demo", false);
    var after = world.await("demo", s -> s.observedGeneration() == 3);
    assertThat(after.state()).isEqualTo(JobState.Failed);
    assertThat(after.completionTime()).isEqualTo(failed.completionTime());
    assertThat(world.node().find("demo-1")).isNull();
    assertThat(world.node().find("demo-2")).isNull();
  }

  @Test
  void aJobThatSomebodyDeletesIsFollowedByTheNext(World world) {
    world.apply("demo");
    var job = world.node().job("demo-1");
    world.await("demo", s -> s.execution() == 1);
    world.client().resource(job).delete();
    world.node().job("demo-2");
    assertThat(world.await("demo", s -> s.execution() == 2).state()).isEqualTo(JobState.Pending);
  }

  @Test
  void aNamesakesChildIsNotOurs(World world) {
    var earlier = world.node().namesake("demo");
    world.apply("demo");
    var taken = world.awaitReason("demo", "Reconciling", "NameTaken");
    assertThat(taken.state()).isEqualTo(JobState.Pending);
    assertThat(World.condition(taken, "Reconciling").getMessage()).contains("Job demo-1");
    assertThat(world.node().find("demo-1").getMetadata().getUid())
        .isEqualTo(earlier.getMetadata().getUid());
    world.client().resource(earlier).delete();
    world.await("demo", s -> s.execution() != null && s.execution() == 1);
    assertThat(world.node().find("demo-1").getMetadata().getUid())
        .isNotEqualTo(earlier.getMetadata().getUid());
  }

  @Test
  void whatTheApiRefusesIsShown(World world) {
    world.quota("count/jobs.batch", 0);
    world.apply("demo");
    var status = world.awaitReason("demo", "Reconciling", "OperatorError");
    assertThat(status.state()).isEqualTo(JobState.Pending);
    assertThat(World.condition(status, "Reconciling").getMessage()).contains("exceeded quota");
    world.quota("count/jobs.batch", 1);
    world.await("demo", s -> s.execution() != null);
  }
}
