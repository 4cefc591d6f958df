package io.sftjob.operator.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.operator.testing.RefusedSpec;
import io.sftjob.operator.testing.Specs;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@ApiServerTest
class ValidationTest {

  static List<RefusedSpec> refused() {
    return RefusedSpec.all();
  }

  @ParameterizedTest
  @MethodSource("refused")
  void isRefusedByTheRule(RefusedSpec refused, World world) {
    String name = refused.name() == null ? "demo" : refused.name();
    if (refused.before() == null) {
      assertRefused(
          () -> world.apply(name, RefusedSpec.over(refused.spec())),
          refused.field(),
          refused.message());
    } else {
      world.apply(name, RefusedSpec.over(refused.before()));
      String patch = Serialization.asJson(Map.of("spec", refused.spec()));
      assertRefused(() -> world.patch(name, patch), refused.field(), refused.message());
    }
  }

  @Test
  void everyRuleHasACase() {
    assertThat(RefusedSpec.rules())
        .hasSizeGreaterThan(50)
        .allSatisfy(
            rule -> assertThat(RefusedSpec.all()).as("%s", rule).anyMatch(c -> c.proves(rule)));
  }

  /** What the schema refuses without a rule. */
  static List<Arguments> invalid() {
    return List.of(
        Arguments.of(data("evalFraction: \"much\""), "spec.dataset.evalFraction"),
        Arguments.of("training: {learningRate: \"-1\"}", "spec.training.learningRate"),
        Arguments.of("dataset: {train: {sources: []}}", "spec.dataset.train.sources"),
        Arguments.of("lora: {rankPattern: {}}", "spec.lora.rankPattern"),
        Arguments.of("lora: {modulesToSave: [a, b, c]}", "spec.lora.modulesToSave"),
        Arguments.of("packing: {strategy: Ffd}", "Unsupported value"),
        Arguments.of("tracking: {}", "spec.tracking.mlflow"),
        Arguments.of(
            "tracking: {mlflow: {uri: https://host, tokenSecret: {name: A, key: b}}}",
            "spec.tracking.mlflow.tokenSecret.name"),
        Arguments.of("backoffLimit: -1", "spec.backoffLimit"));
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void isRefusedWithTheWayOut(String change, String message, World world) {
    assertRefused(() -> world.apply("demo", changed(change)), message);
  }

  @Test
  void dotsInsideANameAreNoClimbing(World world) {
    world.apply("demo", Specs.MINIMAL.replace("pvc://runs/demo", "pvc://runs/v1..2/a.b"));
  }

  @Test
  void aNameLeavesRoomForItsChildren(World world) {
    world.apply("a".repeat(52));
    world.node().job("a".repeat(52) + "-1");
  }

  @Test
  void aJobMayBeSuspended(World world) {
    world.apply("demo", Specs.MINIMAL + "training: {maxSteps: 5}\n");
    world.suspend("demo", true);
    assertThat(world.sftjob("demo").get().getSpec().suspend()).isTrue();
  }

  @Test
  void whatTheSchemaCanNotSeeIsSaidByTheOperator(World world) {
    world.apply("demo", Specs.MINIMAL.replace("pvc://models/tiny", "\"file:///models/tiny\""));
    var status = world.awaitState("demo", JobState.Failed);
    var stalled = World.condition(status, "Stalled");
    assertThat(stalled.getReason()).isEqualTo("Invalid");
    assertThat(stalled.getMessage()).contains("spec.model.uri", "pvc://CLAIM/PATH");
    assertThat(world.node().find("demo-1")).isNull();
  }

  private static String data(String more) {
    return "dataset: {train: {uri: pvc://data/train.jsonl}, " + more + "}";
  }

  /** The minimal spec with one line more, or with another data set. */
  private static String changed(String line) {
    var rest =
        line.startsWith("dataset:")
            ? Specs.MINIMAL.replaceAll("(?m)^dataset:.*\n", "")
            : Specs.MINIMAL;
    return rest + line + "\n";
  }

  private static void assertRefused(Runnable write, String... words) {
    assertThatExceptionOfType(KubernetesClientException.class)
        .isThrownBy(write::run)
        .satisfies(e -> assertThat(e.getCode()).isEqualTo(422))
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }
}
