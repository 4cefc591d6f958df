package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Phase;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.checkpoint.Output;
import io.sftjob.trainer.checkpoint.TensorFiles;
import io.sftjob.trainer.concurrent.Background;
import io.sftjob.trainer.config.RuntimeConfig;
import io.sftjob.trainer.data.Fingerprint;
import io.sftjob.trainer.data.Preparation;
import io.sftjob.trainer.data.PreparedData;
import io.sftjob.trainer.lora.AdapterNotes;
import io.sftjob.trainer.lora.FirstAdapter;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.report.Progress;
import io.sftjob.trainer.spec.RunSettings;
import io.sftjob.trainer.tokenizer.Tokenizer;
import io.sftjob.trainer.tokenizer.Tokenizers;
import io.sftjob.trainer.torch.Devices;
import io.sftjob.trainer.torch.TorchRuntime;
import io.sftjob.trainer.train.TrainState;
import io.sftjob.trainer.train.TrainingSession;
import io.sftjob.trainer.train.TrainingSessions;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a real run. */
final class ModelParts implements Parts {
  private static final Logger LOG = LoggerFactory.getLogger(ModelParts.class);

  private final RunSettings settings;
  private final RuntimeConfig config;
  private final Progress progress;
  private final BooleanSupplier stop;
  private CausalLm model;
  private final Background<Tokenizer> tokenizer;

  ModelParts(RunSettings settings, RuntimeConfig config, Progress progress, BooleanSupplier stop) {
    this.settings = settings;
    this.config = config;
    this.progress = progress;
    this.stop = stop;
    // A large vocabulary takes a second; the weights are loaded beside it.
    this.tokenizer = Background.start("tokenizer", () -> Tokenizers.load(settings.model()));
  }

  @Override
  public void loadModel() {
    TorchRuntime.start(config.threads());
    var device = Devices.select(config.device(), settings.gpus());
    var spec = settings.spec();
    model =
        CausalLm.load(
            settings.model(), device, spec.dtype(), Recipe.quantization(spec), this::loaded);
  }

  @Override
  public PreparedData prepare(LocalDateTime templateTime) {
    var data = Recipe.data(settings, templateTime);
    var kept = new KeptData(new Output(settings.output()).prepared());
    return kept.read(() -> Fingerprint.of(data, tokenizer.get()))
        .orElseGet(
            () -> {
              int threads = config.threads().orElse(Runtime.getRuntime().availableProcessors());
              var prepared = Preparation.prepare(data, tokenizer.get(), threads, this::prepared);
              kept.write(prepared);
              return prepared;
            });
  }

  private void loaded(long done, long total) {
    continueOnly("while the model was loaded");
    progress.phase(Phase.Load, done, total);
  }

  private void prepared(long rows, long bytesDone, long bytesTotal) {
    continueOnly("while the data was prepared");
    progress.phase(Phase.Prepare, bytesDone, bytesTotal);
  }

  private void continueOnly(String when) {
    if (stop.getAsBoolean()) {
      throw new TrainerException(
          ExitCode.Preempted, "Asked to stop %s, before the first step".formatted(when));
    }
  }

  @Override
  public TensorFiles tensorFiles() {
    return new StateFiles(Recipe.lora(settings.spec()), model.spec(), settings.baseModel());
  }

  @Override
  public TrainingSession session(PreparedData data, Optional<TrainState> resume) {
    var lora = Recipe.lora(settings.spec());
    AdapterNotes.of(model.spec(), lora).forEach(LOG::info);
    return TrainingSessions.start(
        model,
        lora,
        Recipe.train(settings.spec()),
        data.train(),
        data.eval(),
        resume.or(() -> settings.firstAdapter().map(folder -> beginning(folder, lora))));
  }

  private TrainState beginning(Path folder, LoraConfig config) {
    return TrainState.beginning(FirstAdapter.read(folder, model.spec(), config));
  }

  @Override
  public void close() {
    if (model != null) {
      model.close();
    }
    tokenizer.ifMade(Tokenizer::close);
  }
}
