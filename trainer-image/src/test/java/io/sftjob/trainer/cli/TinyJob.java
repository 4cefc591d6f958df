package io.sftjob.trainer.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.trainer.store.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A job on the tiny Llama, in a folder of its own. */
final class TinyJob {
  static final Path MODEL =
      Path.of("src/test/resources/fixtures/gguf/tiny-llama.gguf").toAbsolutePath();

  final Path folder;
  final Path output;
  final Path terminationLog;
  private String spec;

  TinyJob(Path folder, int steps, int everySteps) {
    this.folder = folder;
    this.output = folder.resolve("out");
    this.terminationLog = folder.resolve("termination-log");
    this.spec =
        """
        apiVersion: sftjob.io/v1alpha1
        kind: SFTJob
        metadata: {name: tiny, uid: 0b5c}
        spec:
          model: {uri: file://%s, dtype: Float32}
          dataset: {train: {uri: file://%s/train.jsonl}, evalFraction: "0.1"}
          packing: {maxLength: 64}
          lora: {rank: 4, dropout: "0.1"}
          training: {maxSteps: %d, batchSize: 2, evalSteps: 25, learningRate: "1e-3"}
          checkpoint: {everySteps: %d, keepLast: 2}
          output: {uri: file://%s/out}
        """
            .formatted(MODEL, folder, steps, everySteps, folder);
    write("train.jsonl", rows());
  }

  TinyJob replace(String from, String to) {
    if (!spec.contains(from)) {
      throw new IllegalArgumentException(from);
    }
    spec = spec.replace(from, to);
    return this;
  }

  SftProcess train(String... more) {
    return start("train", more);
  }

  /** The words of a command line. */
  String[] arguments(String command, String... more) {
    Path file = write("sftjob.yaml", spec);
    var arguments = new ArrayList<>(List.of(command, "--spec", file.toString()));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  SftProcess start(String command, String... more) {
    var environment =
        Map.of("SFT_TERMINATION_LOG", terminationLog.toString(), "SFT_LOG_STEPS", "1");
    return SftProcess.start(environment, arguments(command, more));
  }

  String adapterSha256() {
    return sha256(output.resolve("adapter/adapter_model.safetensors"));
  }

  static String sha256(Path file) {
    try {
      return Digest.of(file).sha256();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ProgressSnapshot lastWords() {
    try {
      return new ObjectMapper().readValue(terminationLog.toFile(), ProgressSnapshot.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> checkpoints() {
    try (var folders = Files.list(output.resolve("checkpoints"))) {
      return folders.map(f -> f.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The steps of all measurements and what must not depend on an interruption, in order. */
  List<String> measured() {
    try (var lines = Files.lines(output.resolve("metrics.jsonl"))) {
      return lines.map(TinyJob::lasting).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String lasting(String line) {
    try {
      return ((ObjectNode) new ObjectMapper().readTree(line))
          .remove(List.of("time", "tokens_per_second", "targets_per_second", "memory_bytes"))
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  Path write(String name, String content) {
    try {
      return Files.writeString(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String rows() {
    return IntStream.range(0, 60)
        .mapToObj(
            i ->
                """
                {"messages": [{"role": "user", "content": "What is %d plus %d?"}, \
                {"role": "assistant", "content": "It is %d."}]}
                """
                    .formatted(i, i * 7, i * 8))
        .collect(Collectors.joining());
  }
}
