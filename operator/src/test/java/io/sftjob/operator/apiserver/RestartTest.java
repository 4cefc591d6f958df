package io.sftjob.operator.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.operator.testing.Snapshot;
import org.junit.jupiter.api.Test;

@ApiServerTest
class RestartTest {

  @Test
  void anOperatorThatWasAwayCatchesUp(World world) {
    world.apply("finished");
    world.apply("failed");
    world.apply("new-while-away");
    var finished = world.node().job("finished-1");
    var failed = world.node().job("failed-1");
    var good = world.node().pod(finished, "finished-1-a");
    var bad = world.node().pod(failed, "failed-1-a");
    var before = world.await("finished", s -> s.podName() != null);
    assertThat(before.state()).isNotEqualTo(JobState.Succeeded);

    world.operator().stop();
    try {
      world.node().end(good, 0, "Completed", Snapshot.of(good).seq(9).step(10).done().json());
      world.node().complete(finished);
      world.node().end(bad, 22, "Error", Snapshot.of(bad).failed("NonFiniteLoss", "NaN").json());
      world.node().fail(failed, "BackoffLimitExceeded", "too many failures");
    } finally {
      world.operator().start();
    }

    var done = world.awaitState("finished", JobState.Succeeded);
    assertThat(done.progress().step()).isEqualTo(10);
    assertThat(done.artifacts()).hasSize(1);
    assertThat(
            World.condition(world.awaitState("failed", JobState.Failed), "Succeeded").getReason())
        .isEqualTo("NonFiniteLoss");
    assertThat(world.status("new-while-away").state()).isEqualTo(JobState.Pending);
  }

  @Test
  void aRestartInMidTrainingKeepsWhatIsKnown(World world) {
    world.apply("demo");
    var job = world.node().job("demo-1");
    var pod = world.node().pod(job, "demo-1-a");
    var trainer = world.node().serve();
    trainer.say(Snapshot.of(pod).attempt(2).seq(7).step(4).checkpoint(4));
    world.node().run(pod);
    world.await("demo", s -> s.progress() != null && s.progress().step() == 4);
    world.operator().stop();
    trainer.mute(true);
    world.operator().start();
    var silent = world.awaitReason("demo", "ProgressStale", "TimedOut");
    assertThat(silent.progress().step()).isEqualTo(4);
    assertThat(silent.attempt()).isEqualTo(2);
    assertThat(silent.checkpoints()).hasSize(1);
    trainer.mute(false);
    trainer.say(Snapshot.of(pod).attempt(2).seq(8).step(5).checkpoint(4));
    assertThat(world.await("demo", s -> s.progress().step() == 5).state())
        .isEqualTo(JobState.Running);
    assertThat(world.node().find("demo-2")).isNull();
  }
}
