package io.sftjob.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.model.Fixture;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class MergeProcessTest {
  private static final String BASE = Fixture.of("tiny-llama").folder().toAbsolutePath().toString();
  private static final String ADAPTER =
      Fixture.of("lora-adapters").folder().resolve("patterns").toAbsolutePath().toString();

  @TempDir private Path folder;

  @Test
  void theMergedModelSaysWhatBaseAndAdapterSay() throws IOException {
    String out = folder.resolve("made/by/merge").toString();
    try (var merge =
        sft(
            "merge",
            "--model",
            BASE,
            "--adapter",
            ADAPTER,
            "--out",
            out,
            "--dtype",
            "Float16",
            "--max-shard-size",
            "90KB")) {
      assertThat(merge.exitCode()).as(merge::output).isZero();
      assertThat(merge.output())
          .contains("Merging 14 modules into " + BASE + ", Float16 in 4 files")
          .containsPattern("Checked: the logits of 32 tokens differ .* by 0\\.\\d\\d %")
          .contains("The merged checkpoint is in " + out);
    }
    float[] merged = logits("--model", out);
    float[] adapted = logits("--model", BASE, "--adapter", ADAPTER);
    assertThat(merged).containsExactly(adapted, Offset.offset(0.02f));
    assertThat(adapted).isNotEqualTo(logits("--model", BASE));
  }

  @Test
  void whatCanNotBeIsRefusedBeforeAnythingIsWritten() {
    String out = folder.resolve("out").toString();
    try (var merge = sft("merge", "--model", BASE, "--adapter", "/absent", "--out", out)) {
      assertThat(merge.exitCode()).isEqualTo(ExitCode.StorageRefused.code());
      assertThat(merge.output()).contains("/absent/adapter_config.json: no such file");
    }
    try (var merge =
        sft("merge", "--model", TinyJob.MODEL.toString(), "--adapter", ADAPTER, "--out", out)) {
      assertThat(merge.exitCode()).isEqualTo(ExitCode.ModelNotUsable.code());
      assertThat(merge.output()).contains("A GGUF file can not be merged into");
    }
    try (var merge =
        sft(
            "merge",
            "--model",
            BASE,
            "--adapter",
            ADAPTER,
            "--out",
            out,
            "--max-shard-size",
            "5")) {
      assertThat(merge.exitCode()).isEqualTo(ExitCode.InvalidSpec.code());
      assertThat(merge.output()).contains("'5' is no size").contains("such as 5GB");
    }
    assertThat(folder).isEmptyDirectory();
  }

  private float[] logits(String... model) throws IOException {
    Path ids = Files.writeString(folder.resolve("ids.json"), "[[5, 17, 300, 42, 9]]");
    Path out = folder.resolve("logits.safetensors");
    var arguments = new ArrayList<String>();
    arguments.add("logits");
    arguments.addAll(List.of(model));
    arguments.addAll(List.of("--ids", ids.toString(), "--out", out.toString()));
    arguments.addAll(List.of("--dtype", "F32"));
    try (var process = sft(arguments.toArray(String[]::new))) {
      assertThat(process.exitCode()).as(process::output).isZero();
    }
    try (var file = SafetensorsFile.open(out)) {
      return file.tensor("logits.0").orElseThrow().data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
  }

  private static SftProcess sft(String... arguments) {
    return SftProcess.start(Map.of(), arguments);
  }
}
