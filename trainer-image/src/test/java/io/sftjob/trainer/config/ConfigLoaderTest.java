package io.sftjob.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  @TempDir private Path folder;

  @Test
  void defaults() {
    var config = ConfigLoader.load(Map.of(), Map.of(), Optional.empty());
    assertThat(config.port()).isZero();
    assertThat(config.pvcRoot()).isEqualTo(Path.of("/mnt/pvc"));
    assertThat(config.podUid()).isEmpty();
    assertThat(config.terminationLog()).isEmpty();
    assertThat(config.line()).startsWith("device auto, no port, pvcRoot /mnt/pvc, ");
    assertThat(config.device()).isEqualTo("auto");
    assertThat(config.shutdownTimeout()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void flagsGoBeforeVariablesBeforeTheFileBeforeDefaults() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("sft.yaml"),
            "sft: {port: 1, threads: 1, device: cuda:1, log-format: json}\n");
    var config =
        ConfigLoader.load(
            Map.of("sft.port", "3"),
            Map.of("SFT_PORT", "2", "SFT_THREADS", "2", "SFT_POD_UID", "pod-1"),
            Optional.of(file));
    assertThat(config.port()).isEqualTo(3);
    assertThat(config.threads()).hasValue(2);
    assertThat(config.device()).isEqualTo("cuda:1");
    assertThat(config.podUid()).contains("pod-1");
    assertThat(config.logFormat()).isEqualTo(RuntimeConfig.LogFormat.JSON);
    assertThat(config.logSteps()).isEqualTo(10);
  }

  @Test
  void whatIsMalformedOrUnknownIsRefusedByName() throws IOException {
    assertThatThrownBy(
            () -> ConfigLoader.load(Map.of(), Map.of("SFT_PORT", "http"), Optional.empty()))
        .isInstanceOfSatisfying(
            TrainerException.class, e -> assertThat(e.code()).isEqualTo(ExitCode.InvalidSpec))
        .hasMessage(
            "Runtime settings: The config property sft.port with the config value \"http\" can not be"
                + " used: Expected an integer value, got \"http\"");
    assertThatThrownBy(
            () -> ConfigLoader.load(Map.of("sft.log-format", "xml"), Map.of(), Optional.empty()))
        .hasMessageContaining("sft.log-format")
        .hasMessageContaining("one of json,text");
    Path file = Files.writeString(folder.resolve("sft.yaml"), "sft: {prot: 1}\n");
    assertThatThrownBy(() -> ConfigLoader.load(Map.of(), Map.of(), Optional.of(file)))
        .hasMessageContaining("sft.prot");
    assertThatThrownBy(
            () -> ConfigLoader.load(Map.of(), Map.of(), Optional.of(folder.resolve("none"))))
        .hasMessageContaining("none");
  }
}
