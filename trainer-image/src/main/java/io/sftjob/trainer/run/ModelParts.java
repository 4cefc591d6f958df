package io.sftjob.trainer.run;

import ai.djl.Device;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.progress.Phase;
import io.sftjob.api.v1alpha1.ModelDtype;
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
import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.model.LoadListener;
import io.sftjob.trainer.report.ProcessMemory;
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
  private Forecasts forecasts;
  private Forecast foretold;
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
            settings.model(), device, spec.dtype(), Recipe.quantization(spec), new Loading(device));
  }

  /** Before weights are read: refused if they and what training takes can not fit. */
  private final class Loading implements LoadListener {
    private final Device device;

    Loading(Device device) {
      this.device = device;
    }

    @Override
    public void opened(Checkpoint checkpoint, ModelDtype dtype) {
      progress.change(s -> s.with(s.results().with(dtype)));
      // The measured process holds the tokenizer.
      tokenizer.get();
      var limits = MemoryLimits.ofThisProcess(device);
      forecasts = new Forecasts(settings, limits, checkpoint, dtype, MeasuredProcess.now());
      tell(forecasts.beforeData(), "full rows");
    }

    @Override
    public void loaded(long done, long total) {
      continueOnly("while the model was loaded");
      progress.phase(Phase.Load, done, total);
    }
  }

  private void tell(Forecast forecast, String rows) {
    foretold = forecast;
    LOG.info(forecast.line(rows));
    progress.change(s -> s.with(s.results().with(forecast.status())));
    forecast.requireFit();
  }

  @Override
  public PreparedData prepare(LocalDateTime templateTime) {
    var data = Recipe.data(settings, templateTime);
    var kept = new KeptData(new Output(settings.output()).prepared());
    return kept.read(() -> Fingerprint.of(data, tokenizer.get()))
        .orElseGet(
            () -> {
              int threads = config.threads().orElse(Runtime.getRuntime().availableProcessors());
              return kept.keep(
                  Preparation.prepare(
                      data, tokenizer.get(), kept.scratch(), threads, this::prepared));
            });
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
    tell(forecasts.of(data.train()), "the largest rows that there are");
    foretold.warning().ifPresent(LOG::warn);
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
    if (foretold != null) {
      LOG.info(foretold.outcome(ProcessMemory.peakBytes()));
    }
    if (model != null) {
      model.close();
    }
    tokenizer.ifMade(Tokenizer::close);
  }
}
