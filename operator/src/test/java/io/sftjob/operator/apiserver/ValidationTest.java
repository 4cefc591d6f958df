package io.sftjob.operator.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.sftjob.api.v1alpha1.JobState;
import io.sftjob.operator.testing.Specs;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@ApiServerTest
class ValidationTest {

  static List<Arguments> invalid() {
    return List.of(
        Arguments.of(data("eval: {uri: pvc://d/e}, evalFraction: \"0.1\""), "exclude each other"),
        Arguments.of(data("evalFraction: \"0\""), "between \"0\" and \"1\""),
        Arguments.of(data("evalFraction: \"1.0\""), "between \"0\" and \"1\""),
        Arguments.of(data("evalFraction: \"much\""), "spec.dataset.evalFraction"),
        Arguments.of(data("format: Messages, textField: body"), "textField has no meaning"),
        Arguments.of(data("format: Text, chatTemplate: x"), "chatTemplate has no meaning"),
        Arguments.of(data("format: Text, loss: Assistant"), "no assistant turns"),
        Arguments.of(data("format: ShareGpt, loss: Completion"), "have no completion"),
        Arguments.of(training("epochs: \"1\", maxSteps: 5"), "epochs and maxSteps exclude"),
        Arguments.of(training("epochs: \"0\""), "epochs must be above"),
        Arguments.of(training("learningRate: \"0.0\""), "learningRate must be above"),
        Arguments.of(training("learningRate: \"-1\""), "spec.training.learningRate"),
        Arguments.of(
            training("warmupRatio: \"0.1\", warmupSteps: 5"), "warmupRatio and warmupSteps"),
        Arguments.of(training("warmupRatio: \"1.1\""), "warmupRatio is a part"),
        Arguments.of(training("evalSteps: 5"), "dataset.eval or dataset.evalFraction"),
        Arguments.of("lora: {targetModules: [AllLinear, q_proj]}", "AllLinear stands alone"),
        Arguments.of(
            "lora: {targetModules: [q_proj], targetModulesRegex: x}",
            "targetModules and targetModulesRegex exclude"),
        Arguments.of("lora: {dropout: \"1\"}", "dropout must be below"),
        Arguments.of("lora: {rankPattern: {}}", "spec.lora.rankPattern"),
        Arguments.of("lora: {rankPattern: {q_proj: 2000}}", "its rank is 1 to 1024"),
        Arguments.of("lora: {alphaPattern: {\"\": 8}}", "a key of alphaPattern has 1 to 256"),
        Arguments.of("lora: {modulesToSave: [a, b, c]}", "spec.lora.modulesToSave"),
        Arguments.of("lora: {initFrom: {uri: s3://b/a}}", "uri must be pvc://CLAIM/PATH"),
        Arguments.of("packing: {strategy: Ffd}", "Unsupported value"),
        Arguments.of("packing: {strategy: None, window: 10}", "window belongs to the strategies"),
        Arguments.of("packing: {numOfSequences: 10}", "numOfSequences belongs to"),
        Arguments.of("packing: {strategy: Bfd, charsPerToken: \"3\"}", "charsPerToken belongs to"),
        Arguments.of(
            "packing: {strategy: ConstantLength, charsPerToken: \"0\"}",
            "charsPerToken must be above"),
        Arguments.of("backoffLimit: -1", "spec.backoffLimit"),
        Arguments.of(
            "compute: {gpus: 1, resources: {limits: {nvidia.com/gpu: 2}}}", "compute.gpus"));
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void isRefusedWithTheWayOut(String change, String message, World world) {
    assertRefused(() -> world.apply("demo", changed(change)), message);
  }

  static List<Arguments> invalidUris() {
    return List.of(
        Arguments.of("s3://bucket/model", "uri must be pvc://CLAIM/PATH"),
        Arguments.of("pvc://Claim/model", "uri must be pvc://CLAIM/PATH"),
        Arguments.of("pvc://claim/../secret", "`..` segment"),
        Arguments.of("pvc://claim/a/..", "`..` segment"),
        Arguments.of("file:///a/../b", "`..` segment"));
  }

  @ParameterizedTest
  @MethodSource("invalidUris")
  void isRefusedAsUri(String uri, String message, World world) {
    for (var field : List.of("pvc://models/tiny", "pvc://data/train.jsonl", "pvc://runs/demo")) {
      assertRefused(() -> world.apply("demo", Specs.MINIMAL.replace(field, uri)), message);
    }
  }

  @Test
  void dotsInsideANameAreNoClimbing(World world) {
    world.apply("demo", Specs.MINIMAL.replace("pvc://runs/demo", "pvc://runs/v1..2/a.b"));
  }

  @Test
  void aNameMustLeaveRoomForItsChildren(World world) {
    assertRefused(() -> world.apply("a".repeat(53)), "at most 52 characters");
    world.apply("a".repeat(52));
    world.node().job("a".repeat(52) + "-1");
  }

  @Test
  void theSpecIsImmutableExceptSuspend(World world) {
    world.apply("demo", Specs.MINIMAL + "training: {maxSteps: 5}\n");
    for (var patch :
        List.of(
            "{\"spec\":{\"model\":{\"uri\":\"pvc://other/model\"}}}",
            "{\"spec\":{\"training\":{\"maxSteps\":6}}}",
            "{\"spec\":{\"training\":null}}",
            "{\"spec\":{\"lora\":{\"rank\":8}}}",
            "{\"spec\":{\"compute\":{\"resources\":{\"limits\":{\"cpu\":\"2\"}}}}}",
            "{\"spec\":{\"backoffLimit\":1}}")) {
      assertRefused(() -> world.patch("demo", patch), "create a job with a new name");
    }
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

  private static String training(String fields) {
    return "training: {" + fields + "}";
  }

  /** The minimal spec with one line more, or with another data set. */
  private static String changed(String line) {
    var rest =
        line.startsWith("dataset:")
            ? Specs.MINIMAL.replaceAll("(?m)^dataset:.*\n", "")
            : Specs.MINIMAL;
    return rest + line + "\n";
  }

  private static void assertRefused(Runnable write, String message) {
    assertThatExceptionOfType(KubernetesClientException.class)
        .isThrownBy(write::run)
        .satisfies(e -> assertThat(e.getCode()).isEqualTo(422))
        .withMessageContaining(message);
  }
}
