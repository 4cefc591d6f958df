package io.sftjob.trainer.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.ProgressSnapshot;
import io.sftjob.trainer.config.ConfigLoader;
import io.sftjob.trainer.report.Progress;
import io.sftjob.trainer.report.TerminationLog;
import io.sftjob.trainer.run.JobCommand.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.function.LongToDoubleFunction;
import java.util.stream.Stream;

/** A folder with a spec and an output, and processes that run there one after the other. */
final class Workplace {
  final Path folder;
  final Path output;
  final Path terminationLog;
  String spec;
  String data = "data";
  LongToDoubleFunction evalLoss = step -> 2.0 / step;

  Workplace(Path folder) throws IOException {
    this.folder = folder;
    this.output = folder.resolve("out");
    this.terminationLog = Files.createFile(folder.resolve("termination-log"));
    Files.createFile(folder.resolve("model.gguf"));
    Files.createFile(folder.resolve("train.jsonl"));
    this.spec =
        """
        apiVersion: sftjob.io/v1alpha1
        kind: SFTJob
        metadata: {name: counting, uid: job-1}
        spec:
          model: {uri: "file://%1$s/model.gguf"}
          dataset: {train: {uri: "file://%1$s/train.jsonl"}, evalFraction: "0.5"}
          checkpoint: {everySteps: 5, keepLast: 2}
          training: {evalSteps: 4}
          output: {uri: "file://%1$s/out"}
        """
            .formatted(folder);
  }

  /** One process of the job. */
  final class Attempt {
    final Progress progress;
    final AtomicBoolean stop = new AtomicBoolean();
    final List<ProgressSnapshot> seen = new ArrayList<>();
    private final String podUid;

    Attempt(String podUid) {
      this.podUid = podUid;
      this.progress = new Progress("batch-1", podUid, Clock.systemUTC());
      progress.listen(seen::add);
    }

    ExitCode train(long steps, LongConsumer beforeStep) {
      var log = new TerminationLog(Optional.of(terminationLog), progress);
      var command =
          new JobCommand(
              writeSpec(),
              ConfigLoader.load(Map.of(), Map.of(), Optional.empty()),
              new Surroundings(podUid, progress, log, stop::get),
              (settings, config, p, s) -> new CountingParts(steps, beforeStep, data, evalLoss));
      return new Guard(progress, log).run(command::train);
    }

    ExitCode train(long steps) {
      return train(steps, s -> {});
    }
  }

  Attempt attempt(String podUid) {
    return new Attempt(podUid);
  }

  ProgressSnapshot lastWords() throws IOException {
    return new ObjectMapper().readValue(terminationLog.toFile(), ProgressSnapshot.class);
  }

  List<String> checkpoints() throws IOException {
    try (Stream<Path> folders = Files.list(output.resolve("checkpoints"))) {
      return folders.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  byte[] adapter() throws IOException {
    return Files.readAllBytes(output.resolve("adapter/adapter_model.safetensors"));
  }

  private Path writeSpec() {
    try {
      return Files.writeString(folder.resolve("sftjob.yaml"), spec);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
