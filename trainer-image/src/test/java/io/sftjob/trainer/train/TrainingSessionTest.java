package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.model.Fixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingSessionTest {
  @ParameterizedTest
  @EnumSource(
      value = ModelDtype.class,
      names = {"Float32", "BFloat16"})
  void theLossFalls(ModelDtype dtype) {
    try (var model = Fixture.of("tiny-llama").load(dtype);
        var session =
            TrainingSessions.start(
                model,
                TinyRun.LORA,
                TinyRun.settings(30, true),
                TinyRun.rows(4, 512, 1),
                List.of(),
                Optional.empty())) {
      var losses = new ArrayList<Double>();
      while (session.step() < session.totalSteps()) {
        losses.add(session.next(() -> false).orElseThrow().loss());
      }
      assertThat(losses).hasSize(30);
      assertThat(losses.getFirst()).isGreaterThan(5);
      assertThat(losses.getLast()).isLessThan(losses.getFirst() / 2);
    }
  }
}
