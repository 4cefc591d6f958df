package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.torch.Managed;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DJL frees nothing by itself: what a step leaves behind would add up. */
class MemoryTest {
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStepLeavesNoArrayBehind(boolean checkpointing) {
    try (var model = Fixture.of("tiny-llama").load(ModelDtype.BFloat16);
        var session =
            TrainingSessions.start(
                model,
                TinyRun.LORA,
                TinyRun.settings(6, checkpointing),
                TinyRun.rows(8, 512, 1),
                TinyRun.rows(2, 512, 2),
                Optional.empty())) {
      var counts = new ArrayList<Integer>();
      for (int i = 0; i < 5; i++) {
        session.next(() -> false).orElseThrow();
        session.evaluate(() -> false).orElseThrow();
        session.snapshot();
        counts.add(Managed.count(model.kernels().manager()));
      }
      assertThat(counts.getFirst()).isGreaterThan(2 * 14);
      assertThat(counts).containsOnly(counts.getFirst());
      assertThat(session.next(() -> true)).isEmpty();
      assertThat(Managed.count(model.kernels().manager())).isEqualTo(counts.getFirst());
    }
  }
}
