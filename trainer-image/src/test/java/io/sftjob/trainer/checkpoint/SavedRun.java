package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.checkpoint.CheckpointWriter.RunFacts;
import io.sftjob.trainer.train.EvalResult;
import io.sftjob.trainer.train.TrainCounts;
import io.sftjob.trainer.train.TrainState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** An output of a process that can save steps; a step's files say which one it is. */
final class SavedRun {
  static final TrainingIdentity IDENTITY = TrainingIdentity.of(Map.of("a", "1"));

  final Output output;
  final Ownership ownership;

  SavedRun() throws IOException {
    output = new Output(Files.createTempDirectory("output"));
    ownership = Ownership.claim(output, "run", "job", "pod");
  }

  /** Saves and removes nothing. */
  void save(long step) {
    save(step, 1.5, new Retention(100, 0));
  }

  void save(long step, double evalLoss, Retention retention) {
    var facts =
        new RunFacts(IDENTITY, Map.of("trainData", "x"), Map.of("train", Map.of("read", 3L)), 0.5);
    var evaluations = Evaluations.NONE.with(step, new EvalResult(evalLoss, 0.5, 1, 2));
    new CheckpointWriter(output, ownership, facts, new StepFiles(), retention, Clock.systemUTC())
        .write(new SaveRequest(state(step), evaluations));
  }

  List<Path> files(long step) throws IOException {
    return entries(output.checkpoint(step));
  }

  static List<Path> entries(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static TrainState state(long step) {
    return new TrainState(
        new TrainCounts(step, 3 * step, 0, 0, 0, null), List.of(), List.of(), List.of());
  }

  private static final class StepFiles implements TensorFiles {
    @Override
    public void write(Path folder, TrainState state) throws IOException {
      Files.writeString(folder.resolve(ADAPTER), "adapter of step " + state.step());
      Files.writeString(folder.resolve(ADAPTER_CONFIG), "{}");
      Files.writeString(folder.resolve(OPTIMIZER), "optimizer of step " + state.step());
    }

    @Override
    public TrainState read(Path folder, TrainCounts counts) {
      return state(counts.step());
    }
  }
}
