package io.sftjob.trainer.run;

import io.sftjob.trainer.checkpoint.TensorFiles;
import io.sftjob.trainer.data.Detection;
import io.sftjob.trainer.data.Document;
import io.sftjob.trainer.data.Fingerprint;
import io.sftjob.trainer.data.Ledger;
import io.sftjob.trainer.data.LossOn;
import io.sftjob.trainer.data.PackedRow;
import io.sftjob.trainer.data.PreparedData;
import io.sftjob.trainer.data.Preview;
import io.sftjob.trainer.data.RowFormat;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.train.EvalResult;
import io.sftjob.trainer.train.StepResult;
import io.sftjob.trainer.train.TrainCounts;
import io.sftjob.trainer.train.TrainState;
import io.sftjob.trainer.train.TrainingSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongToDoubleFunction;

/** Parts whose adapter is one number that depends on every step, so that a lost one shows. */
final class CountingParts implements Parts {
  private final long total;
  private final LongConsumer beforeStep;
  private final String data;
  private final LongToDoubleFunction evalLoss;

  /**
   * @param beforeStep hears the number of the step that comes
   * @param data stands for the content of the data
   * @param evalLoss by step
   */
  CountingParts(long total, LongConsumer beforeStep, String data, LongToDoubleFunction evalLoss) {
    this.evalLoss = evalLoss;
    this.data = data;
    this.total = total;
    this.beforeStep = beforeStep;
  }

  @Override
  public void loadModel() {}

  @Override
  public PreparedData prepare(LocalDateTime templateTime) {
    var document = new Document(new int[] {1, 2, 3}, new boolean[] {false, true, true});
    return new PreparedData(
        List.of(new PackedRow(List.of(document))),
        List.of(),
        new Ledger(1, 0, 3, 2, 1, 0, Map.of()),
        new Ledger(0, 0, 0, 0, 0, 0, Map.of()),
        new Detection(RowFormat.Text, LossOn.All, List.of()),
        List.of(new Preview(List.of(new Preview.Piece("a", true)), 0)),
        new Fingerprint(data, "", "tokenizer", "", templateTime.toString()),
        1024);
  }

  @Override
  public TensorFiles tensorFiles() {
    return new NumberFiles();
  }

  @Override
  public TrainingSession session(PreparedData data, Optional<TrainState> resume) {
    return new CountingSession(
        resume.map(TrainState::step).orElse(0L),
        resume.map(s -> s.adapter().getFirst().data().getLong(0)).orElse(7L));
  }

  @Override
  public void close() {}

  private static List<HostTensor> tensor(long value) {
    var data = ByteBuffer.allocate(8).putLong(0, value);
    return List.of(new HostTensor("value", Dtype.I64, new long[] {1}, data));
  }

  private final class CountingSession implements TrainingSession {
    private long step;
    private long value;

    CountingSession(long step, long value) {
      this.step = step;
      this.value = value;
    }

    @Override
    public long step() {
      return step;
    }

    @Override
    public double epoch() {
      return step * 0.1;
    }

    @Override
    public long totalSteps() {
      return total;
    }

    @Override
    public Optional<StepResult> next(BooleanSupplier stop) {
      beforeStep.accept(step + 1);
      if (stop.getAsBoolean()) {
        return Optional.empty();
      }
      step++;
      value = 31 * value + step;
      return Optional.of(
          new StepResult(counts(), step * 0.1, 1.0 / step, 1e-4, 0.5, 1, 3, 2, 0.01));
    }

    private TrainCounts counts() {
      return new TrainCounts(step, 3 * step, 0, 0, 0, null);
    }

    @Override
    public Optional<EvalResult> evaluate(BooleanSupplier stop) {
      return Optional.of(new EvalResult(evalLoss.applyAsDouble(step), 0.5, 1, 2));
    }

    @Override
    public TrainState snapshot() {
      return new TrainState(counts(), tensor(value), tensor(value), tensor(value));
    }

    @Override
    public void close() {}
  }

  private static final class NumberFiles implements TensorFiles {
    @Override
    public void write(Path folder, TrainState state) throws IOException {
      byte[] value = state.adapter().getFirst().data().array();
      Files.write(folder.resolve(ADAPTER), value);
      Files.writeString(folder.resolve(ADAPTER_CONFIG), "{}");
      Files.write(folder.resolve(OPTIMIZER), value);
    }

    @Override
    public TrainState read(Path folder, TrainCounts counts) throws IOException {
      long value = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(ADAPTER))).getLong();
      return new TrainState(counts, tensor(value), tensor(value), tensor(value));
    }
  }
}
