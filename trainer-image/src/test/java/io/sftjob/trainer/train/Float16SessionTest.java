package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.safetensors.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The loss scale in a training: what it leaves alone, what is not its work, and a resume. */
class Float16SessionTest {
  private static final Fixture TINY = Fixture.of("tiny-llama");
  private static final LoraConfig LORA = new LoraConfig(4, 8, 0.1, List.of("AllLinear"), false);
  private static final List<PackedRow> ROWS = TinyRun.rows(9, 512, 3);
  private static final int STEPS = 12;

  @AutoClose private static CausalLm model = TINY.load(ModelDtype.Float16);

  @Test
  void anOverflowChangesNothingButTheScale() {
    try (var session = start(beginning(adapter(), new LossScale(0x1p30, 1500)))) {
      var before = session.snapshot();
      var step = session.next(() -> false).orElseThrow();
      assertThat(step.loss()).isFinite();
      assertThat(step.gradNorm()).matches(norm -> !Double.isFinite(norm));
      var after = session.snapshot();
      assertThat(after.counts())
          .isEqualTo(new TrainCounts(1, step.tokens(), 0, 0, 1, new LossScale(0x1p29, 0)));
      assertSame(after.adapter(), before.adapter());
      assertSame(after.expAvg(), before.expAvg());
      assertSame(after.expAvgSq(), before.expAvgSq());
    }
  }

  /** AdamW's bias correction and the learning rate go by what was applied. */
  @Test
  void theFirstUpdateIsTheSameAfterOverflows() {
    var row = ROWS.subList(0, 1);
    var plain = new LoraConfig(4, 8, 0, List.of("AllLinear"), false);
    TrainState direct;
    TrainState late;
    try (var session = start(plain, row, beginning(adapter(), new LossScale(1024, 0)))) {
      session.next(() -> false).orElseThrow();
      session.next(() -> false).orElseThrow();
      direct = session.snapshot();
    }
    try (var session = start(plain, row, beginning(adapter(), new LossScale(0x1p30, 0)))) {
      while (session.snapshot().counts().updates() < 2) {
        session.next(() -> false).orElseThrow();
      }
      late = session.snapshot();
    }
    assertThat(direct.counts().rescaledSteps()).isZero();
    assertThat(late.counts().rescaledSteps()).isPositive();
    for (int i = 0; i < direct.adapter().size(); i++) {
      // Rounded to float16 at another scale, the least gradients are others.
      assertThat(floats(late.adapter().get(i)))
          .as(direct.adapter().get(i).name())
          .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-4f ? 0 : Float.compare(a, b))
          .containsExactly(boxed(direct.adapter().get(i)));
    }
  }

  @Test
  void resumedAtEveryStepItEndsInTheSameBytes() {
    var states = new ArrayList<TrainState>();
    states.add(beginning(adapter(), new LossScale(0x1p24, 1999)));
    try (var session = start(states.getFirst())) {
      while (session.step() < STEPS) {
        session.next(() -> false).orElseThrow();
        states.add(session.snapshot());
      }
    }
    var last = states.getLast().counts();
    assertThat(last.rescaledSteps()).isBetween(1L, STEPS - 4L);
    assertThat(last.updates()).isEqualTo(STEPS - last.rescaledSteps());
    for (TrainState state : states) {
      try (var session = start(state)) {
        while (session.step() < STEPS) {
          session.next(() -> false).orElseThrow();
        }
        var found = session.snapshot();
        assertThat(found.counts()).isEqualTo(last);
        assertSame(found.adapter(), states.getLast().adapter());
        assertSame(found.expAvg(), states.getLast().expAvg());
        assertSame(found.expAvgSq(), states.getLast().expAvgSq());
      }
    }
  }

  @Test
  void aLossThatIsNotFiniteIsNoWorkOfTheScale() {
    var broken = filled(adapter(), "lora_B", Float.POSITIVE_INFINITY);
    try (var session = start(beginning(broken, LossScale.INITIAL))) {
      var step = session.next(() -> false).orElseThrow();
      assertThat(step.loss()).isNaN();
      assertThat(step.counts())
          .isEqualTo(new TrainCounts(1, step.tokens(), 1, 1, 0, new LossScale(32768, 0)));
    }
  }

  /** A zero A gives a finite loss; a huge B takes its gradient out of float16's range. */
  @Test
  void gradientsThatOverflowWithoutScalingEndTheTraining() {
    var huge = filled(filled(adapter(), "lora_A", 0), "lora_B", 60000);
    try (var session = start(beginning(huge, new LossScale(4, 0)))) {
      for (int step = 1; step <= 2; step++) {
        var counts = session.next(() -> false).orElseThrow().counts();
        assertThat(counts.rescaledSteps()).isEqualTo(step);
        assertThat(counts.skippedInARow()).isZero();
      }
      for (int step = 1; step <= 2; step++) {
        var result = session.next(() -> false).orElseThrow();
        assertThat(result.loss()).isFinite();
        assertThat(result.counts().skippedInARow()).isEqualTo(step);
        assertThat(result.counts().lossScale()).isEqualTo(new LossScale(1, 0));
      }
      assertThatThrownBy(() -> session.next(() -> false))
          .isInstanceOfSatisfying(
              TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.NonFiniteLoss))
          .hasMessageContaining("3 steps in a row, up to step 5")
          .hasMessageContaining("use spec.model.dtype BFloat16 or Float32");
    }
  }

  private static List<HostTensor> adapter() {
    return PeftFiles.read(TINY.folder().resolve("adapter")).tensors();
  }

  private static TrainState beginning(List<HostTensor> adapter, LossScale scale) {
    var zero = TrainState.beginning(adapter);
    return new TrainState(TrainCounts.NONE.with(scale), adapter, zero.expAvg(), zero.expAvgSq());
  }

  private static TrainingSession start(TrainState state) {
    return start(LORA, ROWS, state);
  }

  private static TrainingSession start(LoraConfig lora, List<PackedRow> rows, TrainState state) {
    return TrainingSessions.start(
        model, lora, TinyRun.settings(STEPS, true), rows, List.of(), Optional.of(state));
  }

  /** Every tensor whose name holds that, with one value in it. */
  private static List<HostTensor> filled(List<HostTensor> tensors, String name, float value) {
    return tensors.stream()
        .map(
            tensor -> {
              if (!tensor.name().contains(name)) {
                return tensor;
              }
              var data =
                  ByteBuffer.allocate(tensor.data().remaining()).order(ByteOrder.LITTLE_ENDIAN);
              while (data.hasRemaining()) {
                data.putFloat(value);
              }
              return new HostTensor(tensor.name(), tensor.dtype(), tensor.shape(), data.flip());
            })
        .toList();
  }

  private static Float[] boxed(HostTensor tensor) {
    return floats(tensor).toArray(Float[]::new);
  }

  private static List<Float> floats(HostTensor tensor) {
    var values = new ArrayList<Float>();
    var buffer = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    while (buffer.hasRemaining()) {
      values.add(buffer.get());
    }
    return values;
  }

  private static void assertSame(List<HostTensor> found, List<HostTensor> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).data()).as(found.get(i).name()).isEqualTo(expected.get(i).data());
    }
  }
}
