package io.sftjob.trainer.run;

import ai.djl.Device;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.checkpoint.Output;
import io.sftjob.trainer.config.RuntimeConfig;
import io.sftjob.trainer.data.Preparation;
import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.spec.RunSettings;
import io.sftjob.trainer.tokenizer.Tokenizers;
import io.sftjob.trainer.torch.Kernels;
import io.sftjob.trainer.torch.TorchRuntime;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Foretells a job's memory as the job itself does: reads headers and rows, and no weight. */
record EstimateRun(RunSettings settings, RuntimeConfig config) {

  /**
   * @throws io.sftjob.trainer.TrainerException if weights and adapter alone can not fit
   */
  Forecast forecast() {
    try (var tokenizer = Tokenizers.load(settings.model())) {
      var forecasts = forecasts();
      forecasts.beforeData().requireFit();
      int threads = config.threads().orElse(Runtime.getRuntime().availableProcessors());
      var data = Recipe.data(settings, LocalDateTime.now(ZoneOffset.UTC));
      var scratch = new KeptData(new Output(settings.output()).prepared()).scratch();
      var prepared =
          Preparation.prepare(data, tokenizer, scratch, threads, (rows, done, total) -> {});
      return forecasts.of(prepared.train());
    }
  }

  private Forecasts forecasts() {
    TorchRuntime.start(config.threads());
    try (var kernels = Kernels.load(Device.cpu());
        var checkpoint = Checkpoint.open(settings.model(), kernels)) {
      var asked = settings.spec().dtype();
      var dtype = asked == ModelDtype.Auto ? checkpoint.autoDtype() : asked;
      var limits = MemoryLimits.of(settings, config);
      return new Forecasts(settings, limits, checkpoint, dtype, MeasuredProcess.now());
    }
  }
}
