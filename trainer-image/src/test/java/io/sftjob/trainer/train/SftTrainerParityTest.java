package io.sftjob.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sftjob.api.v1alpha1.LossType;
import io.sftjob.api.v1alpha1.LrScheduler;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.Fixture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A whole training session against TRL's SFTTrainer, step by step. */
class SftTrainerParityTest {
  private static final Fixture TINY = Fixture.of("tiny-llama");
  private static final JsonNode EXPECTED = Fixture.of("sft-trainer").json();
  private static final long SEED = 42;

  private static CausalLm model;

  @BeforeAll
  static void load() {
    model = TINY.load(ModelDtype.Float32);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  static List<JsonNode> runs() {
    return StreamSupport.stream(EXPECTED.path("runs").spliterator(), false).toList();
  }

  @ParameterizedTest
  @MethodSource("runs")
  void lossesNormsRatesAndEvaluationAreThoseOfTrl(JsonNode run) {
    boolean dft = run.path("lossType").asText().equals("dft");
    var settings = settings(run, new TrainSettings.Objective(dft ? LossType.Dft : LossType.Nll, 0));
    try (var session = start(settings)) {
      assertThat(session.totalSteps()).isEqualTo(run.path("steps").size()).isEqualTo(10);
      for (JsonNode expected : run.path("steps")) {
        var step = session.next(() -> false).orElseThrow();
        assertClose(step.loss(), expected.path("loss"));
        assertClose(step.gradNorm(), expected.path("gradNorm"));
        assertThat(step.learningRate())
            .isCloseTo(expected.path("learningRate").asDouble(), within(1e-12));
      }
      var found = session.evaluate(() -> false).orElseThrow();
      var expected = run.path("eval");
      if (!dft) {
        assertClose(found.loss(), expected.path("loss"));
        assertThat(found.perplexity()).isEqualTo(Math.exp(found.loss()));
      }
      assertClose(found.entropy(), expected.path("entropy"));
      assertThat(found.accuracy()).isCloseTo(expected.path("accuracy").asDouble(), within(1e-6));
    }
  }

  @Test
  void noiseIsAFunctionOfTheStepAndAbsentInEvaluation() {
    var quiet = settings(runs().getFirst(), TrainSettings.Objective.NLL);
    var noisy = settings(runs().getFirst(), new TrainSettings.Objective(LossType.Nll, 15));
    try (var plain = start(quiet);
        var one = start(noisy);
        var other = start(noisy)) {
      assertThat(one.evaluate(() -> false)).isEqualTo(plain.evaluate(() -> false));
      double first = one.next(() -> false).orElseThrow().loss();
      assertThat(first).isEqualTo(other.next(() -> false).orElseThrow().loss());
      double without = plain.next(() -> false).orElseThrow().loss();
      assertThat(first).isNotEqualTo(without).isCloseTo(without, within(1));
    }
  }

  private static TrainSettings settings(JsonNode run, TrainSettings.Objective objective) {
    return new TrainSettings(
        new TrainSettings.Length.Epochs(1),
        TrainSettings.Rate.of(LrScheduler.Cosine, 1e-2, new TrainSettings.Warmup.Steps(0)),
        new TrainSettings.Optimizer(0.8, 0.95, 1e-6, 0.01, 1),
        objective,
        run.path("batchSize").asInt(),
        run.path("accumulation").asInt(),
        true,
        3,
        SEED);
  }

  private static TrainingSession start(TrainSettings settings) {
    var saved = PeftFiles.read(TINY.folder().resolve("adapter"));
    return TrainingSessions.start(
        model,
        saved.config(),
        settings,
        inPlannedOrder(rows("train"), settings),
        rows("eval"),
        Optional.of(TrainState.beginning(saved.tensors())));
  }

  /** So put that the session's permutation gives the fixture's order. */
  private static List<PackedRow> inPlannedOrder(List<PackedRow> rows, TrainSettings settings) {
    var plan = new BatchPlan(rows.size(), settings.batchSize(), settings.accumulation(), SEED);
    var put = new PackedRow[rows.size()];
    int next = 0;
    for (long step = 0; step < plan.stepsPerEpoch(); step++) {
      for (int[] batch : plan.microBatches(step)) {
        for (int row : batch) {
          put[row] = rows.get(next++);
        }
      }
    }
    return Arrays.asList(put);
  }

  private static List<PackedRow> rows(String name) {
    var rows = new ArrayList<PackedRow>();
    for (JsonNode row : EXPECTED.path(name)) {
      int length = row.path("input_ids").size();
      int[] ids = new int[length];
      boolean[] targets = new boolean[length];
      for (int i = 0; i < length; i++) {
        ids[i] = row.path("input_ids").path(i).asInt();
        targets[i] = row.path("labels").path(i).asInt() != -100;
      }
      rows.add(new PackedRow(List.of(new Document(ids, targets))));
    }
    return rows;
  }

  private static void assertClose(double found, JsonNode expected) {
    assertThat(found).isCloseTo(expected.asDouble(), within(1e-4 * expected.asDouble()));
  }

  private static Offset<Double> within(double tolerance) {
    return Offset.offset(tolerance);
  }
}
