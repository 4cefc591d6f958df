package io.sftjob.operator.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sftjob.api.v1alpha1.SFTJob;
import io.sftjob.operator.testing.Kube;
import io.sftjob.operator.testing.Specs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainerJobTest {
  private static final String FULL =
      """
      model: {uri: pvc://shared/models/tiny, dtype: Float32}
      dataset:
        train: {uri: pvc://data/train.jsonl}
        eval: {uri: pvc://shared/eval.jsonl}
      output: {uri: pvc://runs/demo}
      backoffLimit: 5
      compute:
        gpus: 1
        resources:
          requests: {cpu: "1", memory: 1Gi}
          limits: {cpu: 1500m, memory: 2Gi}
        nodeSelector: {disk: fast}
        tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}]
      """;

  @Test
  void isTheGoldenJob() throws IOException {
    assertGolden(
        "job.yaml", TrainerJob.desired(Specs.job("demo", FULL), 2, Kube.SETTINGS.trainer()));
  }

  @Test
  void theTrainerReadsTheGoldenSpec() throws IOException {
    assertGolden("configmap.yaml", TrainerConfigMap.desired(Specs.job("demo", FULL), 2));
  }

  @Test
  void theSpecComesBackFromItsFile() {
    var job = Specs.job("demo", FULL);
    var file = TrainerConfigMap.desired(job, 1).getData().get("sftjob.yaml");
    var read = Serialization.unmarshal(file, SFTJob.class);
    assertThat(read.getSpec()).isEqualTo(job.getSpec());
    assertThat(read.getMetadata().getUid()).isEqualTo(Specs.UID);
  }

  @Test
  void aClaimIsMountedOnceAndWritableOnlyForTheOutput() {
    var mounts =
        mounts(
            """
            model: {uri: pvc://one/model}
            dataset: {train: {uri: pvc://two}, eval: {uri: pvc://two/eval.jsonl}}
            output: {uri: pvc://one/out}
            """);
    assertThat(mounts)
        .filteredOn(m -> m.getMountPath().startsWith("/mnt/pvc"))
        .extracting(VolumeMount::getMountPath, VolumeMount::getReadOnly)
        .containsExactly(tuple("/mnt/pvc/one", null), tuple("/mnt/pvc/two", true));
  }

  @Test
  void withoutACpuLimitTheTrainerChoosesItsThreads() {
    assertThat(container(Specs.MINIMAL).getEnv())
        .extracting(EnvVar::getName)
        .contains("SFT_POD_UID", "SFT_PORT")
        .doesNotContain("SFT_THREADS");
    assertThat(container(Specs.MINIMAL).getPorts())
        .extracting(ContainerPort::getName)
        .containsExactly("http");
  }

  @Test
  void theTokenOfATrackingServerComesFromItsSecret() {
    var env =
        container(
                Specs.MINIMAL
                    + "tracking: {mlflow: {uri: http://mlflow:5000, tokenSecret: {name: s, key: k}}}\n")
            .getEnv();
    assertThat(env)
        .filteredOn(e -> e.getName().equals("SFT_MLFLOW_TOKEN"))
        .singleElement()
        .satisfies(
            e -> {
              assertThat(e.getValue()).isNull();
              var secret = e.getValueFrom().getSecretKeyRef();
              assertThat(secret.getName()).isEqualTo("s");
              assertThat(secret.getKey()).isEqualTo("k");
              assertThat(secret.getOptional()).isTrue();
            });
    assertThat(container(Specs.MINIMAL).getEnv())
        .extracting(EnvVar::getName)
        .doesNotContain("SFT_MLFLOW_TOKEN");
  }

  private static List<VolumeMount> mounts(String spec) {
    return container(spec).getVolumeMounts();
  }

  private static Container container(String spec) {
    return TrainerJob.desired(Specs.job("demo", spec), 1, Kube.SETTINGS.trainer())
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst();
  }

  /** The actual file is left in target/golden, to be copied when the change is wanted. */
  private static void assertGolden(String name, Object actual) throws IOException {
    var yaml = Serialization.asYaml(actual);
    var written = Files.createDirectories(Path.of("target/golden")).resolve(name);
    Files.writeString(written, yaml);
    assertThat(yaml)
        .as("compare with %s", written)
        .isEqualTo(Files.readString(Path.of("src/test/resources/golden", name)));
  }
}
