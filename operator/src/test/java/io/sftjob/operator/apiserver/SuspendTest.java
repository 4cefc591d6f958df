package io.sftjob.operator.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.operator.testing.Snapshot;
import io.sftjob.operator.testing.Specs;
import org.junit.jupiter.api.Test;

@ApiServerTest
class SuspendTest {

  @Test
  void suspendStopsAndResumeGoesOnInTheNextExecution(World world) {
    world.apply("demo");
    var first = world.node().job("demo-1");
    var pod = world.node().pod(first, "demo-1-a");
    var trainer = world.node().serve();
    trainer.say(Snapshot.of(pod).step(4).checkpoint(3));
    world.node().run(pod);
    world.awaitReason("demo", "Running", "Training");

    world.suspend("demo", true);
    var stopping = world.awaitReason("demo", "Reconciling", "Suspending");
    assertThat(stopping.state()).isEqualTo(JobState.Running);
    // What the trainer saved on its way out is in its last words only.
    world.node().end(pod, 75, "Error", Snapshot.of(pod).seq(5).step(5).checkpoint(5).json());
    world.await("demo", s -> s.checkpoints().getLast().step() == 5);
    world.suspend("demo", false);
    var waiting = world.awaitReason("demo", "Succeeded", "WaitingForOldPods");
    assertThat(waiting.jobName()).isEqualTo("demo-1");
    assertThat(world.node().find("demo-2")).isNull();
    world.suspend("demo", true);
    world.node().collect(first);
    var suspended = world.awaitState("demo", JobState.Suspended);
    assertThat(World.condition(suspended, "Suspended").getStatus()).isEqualTo("True");
    assertThat(suspended.checkpoints().getLast().step()).isEqualTo(5);
    assertThat(suspended.progress().etaSeconds()).isNull();

    world.suspend("demo", false);
    var second = world.node().job("demo-2");
    var resumed = world.await("demo", s -> s.execution() == 2);
    assertThat(World.condition(resumed, "Suspended").getStatus()).isEqualTo("False");
    assertThat(resumed.checkpoints().getLast().step()).isEqualTo(5);
    var next = world.node().pod(second, "demo-2-a");
    world.node().end(next, 0, "Completed", Snapshot.of(next).attempt(2).done().json());
    world.node().complete(second);
    assertThat(world.awaitState("demo", JobState.Succeeded).attempt()).isEqualTo(2);
  }

  @Test
  void suspendBeforeTheStart(World world) {
    world.apply("demo", Specs.MINIMAL + "suspend: true\n");
    var status = world.awaitState("demo", JobState.Suspended);
    assertThat(status.execution()).isNull();
    assertThat(world.node().find("demo-1")).isNull();
    world.suspend("demo", false);
    world.node().job("demo-1");
    world.await("demo", s -> s.state() == JobState.Pending && s.execution() == 1);
  }
}
