package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.model.FamilyFixtures;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.model.FrozenWeights;
import io.sftjob.trainer.torch.Managed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family through the real training loop, in every way that it can run. */
class FamilyMatrixTest {
  private static final int STEPS = 8;

  static Stream<Arguments> matrix() {
    return FamilyFixtures.names()
        .flatMap(
            family ->
                Stream.of(ModelDtype.Float32, ModelDtype.BFloat16, ModelDtype.Float16)
                    .flatMap(
                        dtype ->
                            Stream.of(false, true)
                                .map(checkpointing -> Arguments.of(family, dtype, checkpointing))));
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void trains(String family, ModelDtype dtype, boolean checkpointing) {
    try (var model = Fixture.of(family).load(dtype)) {
      String before = FrozenWeights.sha256(model);
      List<PackedRow> rows = TinyRun.rows(4, model.spec().vocabSize(), 3);
      try (var session =
          TrainingSessions.start(
              model,
              TinyRun.LORA,
              TinyRun.settings(STEPS, checkpointing),
              rows,
              rows,
              Optional.empty())) {
        double lossBefore = session.evaluate(() -> false).orElseThrow().loss();
        var initial = session.snapshot().adapter();
        var managed = new ArrayList<Integer>();
        for (int step = 0; step < STEPS; step++) {
          session.next(() -> false).orElseThrow();
          managed.add(Managed.count(model.kernels().manager()));
        }
        assertThat(session.evaluate(() -> false).orElseThrow().loss()).isLessThan(lossBefore);
        assertThat(managed.subList(1, STEPS)).containsOnly(managed.get(1));
        var trained = session.snapshot().adapter();
        assertThat(IntStream.range(0, initial.size()))
            .allSatisfy(
                i ->
                    assertThat(trained.get(i).data())
                        .as(trained.get(i).name())
                        .isNotEqualTo(initial.get(i).data()));
      }
      assertThat(FrozenWeights.sha256(model)).isEqualTo(before);
    }
  }
}
