package io.sftjob.operator.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.operator.testing.Snapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

@ApiServerTest
class HostileProgressTest {

  @Test
  void noAnswerBreaksTheStatusAndEachHasAName(World world) {
    world.apply("demo");
    var pod = world.node().pod(world.node().job("demo-1"), "demo-1-a");
    var trainer = world.node().serve();
    var good = Snapshot.of(pod).attempt(2).seq(50).step(4);
    trainer.say(good);
    world.node().run(pod);
    world.awaitReason("demo", "Running", "Training");

    Map<String, Consumer<FakeTrainer>> hostile = new LinkedHashMap<>();
    hostile.put("TooLarge", t -> t.say(new byte[1 << 20]));
    hostile.put("Malformed", t -> t.say(good.json("step", "many")));
    hostile.put("WentBackwards", t -> t.say(Snapshot.of(pod).attempt(1).seq(99).step(9)));
    hostile.put("Foreign", t -> t.say(Snapshot.of("job", "pod").attempt(3)));
    hostile.put("TimedOut", t -> t.mute(true));
    var seq = 50;
    for (var answer : hostile.entrySet()) {
      answer.getValue().accept(trainer);
      var status = world.awaitReason("demo", "ProgressStale", answer.getKey());
      assertThat(status.state()).isEqualTo(JobState.Running);
      assertThat(status.attempt()).isEqualTo(2);
      assertThat(status.progress().step()).isEqualTo(seq - 46);
      trainer.mute(false);
      seq++;
      trainer.say(good.seq(seq).step(seq - 46));
      var next = seq - 46;
      world.await("demo", s -> s.progress().step() == next);
      world.awaitReason("demo", "ProgressStale", "ProgressReceived");
    }
    assertThat(
            world
                .operator()
                .metrics()
                .get("sftjob.progress.pulls")
                .tag("result", "TooLarge")
                .counter()
                .count())
        .isPositive();
    assertThat(world.operator().metrics().get("sftjobs").tag("state", "Running").gauge().value())
        .isPositive();
  }

  @Test
  void valuesAtTheEdgeOfTheSchemaAreWritten(World world) {
    world.apply("demo");
    var pod = world.node().pod(world.node().job("demo-1"), "demo-1-a");
    var trainer = world.node().serve();
    trainer.say(Snapshot.of(pod).seq(Long.MAX_VALUE).step(Long.MAX_VALUE).json("loss", 1e300));
    world.node().run(pod);
    var status = world.awaitReason("demo", "Running", "Training");
    assertThat(status.progress().step()).isEqualTo(Long.MAX_VALUE);
    assertThat(status.progress().percent()).isEqualTo(100);
    assertThat(status.progress().loss()).isEqualTo("1E+300");
    trainer.say(Snapshot.of(pod).seq(Long.MAX_VALUE).step(Long.MAX_VALUE).json("loss", Double.NaN));
    assertThat(world.await("demo", s -> "NaN".equals(s.progress().loss())).state())
        .isEqualTo(JobState.Running);
  }
}
