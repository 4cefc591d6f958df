package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.lora.Targets;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever happens on the way, the weights at the end are the same bytes. */
class ResumeTest {
  private static final int STEPS = 7;
  private static final LoraConfig LORA =
      new LoraConfig(
          4,
          8,
          0.1,
          new Targets.Names(List.of("q_proj", "down_proj")),
          false,
          Map.of("down_proj", 2),
          Map.of("layers.0.self_attn.q_proj", 3.0),
          List.of("embed_tokens", "lm_head"));

  /** 9 rows, 2 × 2 a step: a smaller window at the end of each epoch of 3 steps. */
  private static final List<PackedRow> ROWS = TinyRun.rows(9, 512, 3);

  private static CausalLm model;
  private static List<TrainState> states;

  @BeforeAll
  static void trainWithoutInterruption() {
    model = Fixture.of("tiny-llama").load(ModelDtype.BFloat16);
    states = new ArrayList<>();
    try (var session = start(Optional.empty())) {
      states.add(session.snapshot());
      while (session.step() < session.totalSteps()) {
        session.next(() -> false).orElseThrow();
        states.add(session.snapshot());
      }
    }
    assertThat(states).hasSize(STEPS + 1);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void resumedAtEveryStepItEndsInTheSameBytes() throws IOException {
    for (TrainState state : states) {
      try (var session = start(Optional.of(state))) {
        assertThat(session.step()).isEqualTo(state.step());
        while (session.step() < session.totalSteps()) {
          session.next(() -> false).orElseThrow();
        }
        assertSameBytes(session.snapshot(), states.getLast());
      }
    }
  }

  @Test
  void aStopWithinAStepLeavesTheStateOfTheLastWholeStep() throws IOException {
    try (var session = start(Optional.of(states.get(2)))) {
      // Step 3 has one micro-batch, as 9 rows leave one for it; step 4 has two.
      session.next(() -> false).orElseThrow();
      int asked = 0;
      var calls = new AtomicInteger();
      do {
        assertSameBytes(session.snapshot(), states.get(3));
        int at = ++asked;
        calls.set(0);
        session.next(() -> calls.incrementAndGet() == at);
      } while (calls.get() == asked);
      assertThat(asked)
          .as("asked before each of 2 layers, there and back, of 2 batches")
          .isEqualTo(9);
      assertSameBytes(session.snapshot(), states.get(4));
    }
  }

  @Test
  void evaluationAndSnapshotsChangeNothing() throws IOException {
    try (var session = start(Optional.empty())) {
      while (session.step() < session.totalSteps()) {
        session.next(() -> false).orElseThrow();
        TrainState before = session.snapshot();
        var first = session.evaluate(() -> false).orElseThrow();
        assertThat(session.evaluate(() -> false).orElseThrow()).isEqualTo(first);
        assertThat(session.evaluate(() -> true)).isEmpty();
        assertSameBytes(session.snapshot(), before);
      }
      assertSameBytes(session.snapshot(), states.getLast());
    }
  }

  @Test
  void aSnapshotIsACopy() throws IOException {
    byte[] before = bytes(states.get(1));
    try (var session = start(Optional.of(states.get(1)))) {
      TrainState snapshot = session.snapshot();
      session.next(() -> false).orElseThrow();
      assertThat(bytes(snapshot)).isEqualTo(before);
    }
  }

  @Test
  void countsTokens() {
    try (var session = start(Optional.empty())) {
      long tokens = 0;
      for (int i = 0; i < 3; i++) {
        var step = session.next(() -> false).orElseThrow();
        tokens += step.tokens();
        assertThat(step.epoch()).isEqualTo((i + 1) / 3.0);
      }
      assertThat(tokens).isEqualTo(ROWS.stream().mapToLong(PackedRow::length).sum());
      assertThat(session.snapshot().counts().tokensSeen()).isEqualTo(tokens);
    }
  }

  @Test
  void aNonFiniteStepIsPassedOverAndThreeInARowEndTheRun() throws IOException {
    TrainState broken = withInfinity(states.get(2));
    try (var session = start(Optional.of(broken))) {
      for (int i = 1; i <= 2; i++) {
        var step = session.next(() -> false).orElseThrow();
        assertThat(step.loss()).isNaN();
        assertThat(session.step()).isEqualTo(2 + i);
        assertThat(bytes(session.snapshot().adapter())).isEqualTo(bytes(broken.adapter()));
      }
      assertThatThrownBy(() -> session.next(() -> false))
          .isInstanceOfSatisfying(
              TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.NonFiniteLoss))
          .hasMessageContaining("3 steps in a row, up to step 5")
          .hasMessageContaining("The last of them saw " + sources(4) + ".")
          .hasMessageContaining("Lower spec.training.learningRate");
    }
  }

  private static String sources(long step) {
    return new BatchPlan(ROWS.size(), 2, 2, 7)
        .microBatches(step).stream()
            .flatMapToInt(Arrays::stream)
            .mapToObj(row -> "train.jsonl:" + (row + 1))
            .collect(Collectors.joining(", "));
  }

  @Test
  void skippedStepsAreCountedOnAcrossProcesses() {
    TrainState broken = withInfinity(states.get(2));
    TrainState afterTwo;
    try (var session = start(Optional.of(broken))) {
      session.next(() -> false).orElseThrow();
      var second = session.next(() -> false).orElseThrow();
      assertThat(second.counts().skippedSteps()).isEqualTo(2);
      afterTwo = session.snapshot();
    }
    assertThat(afterTwo.counts().skippedInARow()).isEqualTo(2);
    try (var session = start(Optional.of(afterTwo))) {
      assertThatThrownBy(() -> session.next(() -> false))
          .hasMessageContaining("3 steps in a row, up to step 5");
    }
    try (var healed = start(Optional.of(healed(afterTwo)))) {
      var step = healed.next(() -> false).orElseThrow();
      assertThat(step.counts())
          .isEqualTo(new TrainCounts(5, step.counts().tokensSeen(), 2, 0, 0, null));
    }
  }

  @Test
  void aStateOfAnotherAdapterIsRefusedByTensor() {
    TrainState state = states.get(1);
    var wrong =
        new TrainState(
            state.counts(),
            state.adapter(),
            state.expAvg().subList(1, state.expAvg().size()),
            state.expAvgSq());
    assertThatThrownBy(() -> start(Optional.of(wrong)))
        .hasMessage(
            "The first moments: no tensor `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight`");
  }

  private static TrainingSession start(Optional<TrainState> resume) {
    return TrainingSessions.start(
        model, LORA, TinyRun.settings(STEPS, true), ROWS, ROWS.subList(0, 3), resume);
  }

  private static TrainState healed(TrainState state) {
    var good = states.get(2);
    return new TrainState(state.counts(), good.adapter(), good.expAvg(), good.expAvgSq());
  }

  private static TrainState withInfinity(TrainState state) {
    var adapter = new ArrayList<>(state.adapter());
    HostTensor first = adapter.getFirst();
    ByteBuffer data = ByteBuffer.allocate(first.data().remaining()).order(ByteOrder.LITTLE_ENDIAN);
    data.put(first.data().duplicate()).flip();
    data.putFloat(0, Float.POSITIVE_INFINITY);
    adapter.set(0, new HostTensor(first.name(), first.dtype(), first.shape(), data));
    return new TrainState(state.counts(), adapter, state.expAvg(), state.expAvgSq());
  }

  private static void assertSameBytes(TrainState found, TrainState expected) throws IOException {
    assertThat(found.counts()).isEqualTo(expected.counts());
    assertThat(bytes(found)).isEqualTo(bytes(expected));
  }

  private static byte[] bytes(TrainState state) throws IOException {
    var out = new ByteArrayOutputStream();
    out.write(bytes(state.adapter()));
    out.write(bytes(state.expAvg()));
    out.write(bytes(state.expAvgSq()));
    return out.toByteArray();
  }

  private static byte[] bytes(List<HostTensor> tensors) throws IOException {
    var out = new ByteArrayOutputStream();
    SafetensorsWriter.write(out, tensors, SafetensorsWriter.PYTORCH);
    return out.toByteArray();
  }
}
