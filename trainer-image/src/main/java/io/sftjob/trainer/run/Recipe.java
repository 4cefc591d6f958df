package io.sftjob.trainer.run;

import io.sftjob.api.v1alpha1.Decimals;
import io.sftjob.api.v1alpha1.EffectiveSpec;
import io.sftjob.trainer.data.DataSettings;
import io.sftjob.trainer.data.LossOn;
import io.sftjob.trainer.data.Packing;
import io.sftjob.trainer.data.RowFormat;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.lora.Targets;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.source.DataSet;
import io.sftjob.trainer.source.Found;
import io.sftjob.trainer.spec.DataPath;
import io.sftjob.trainer.spec.RunSettings;
import io.sftjob.trainer.train.TrainSettings;
import io.sftjob.trainer.train.TrainSettings.Length;
import io.sftjob.trainer.train.TrainSettings.Warmup;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A job's spec in the words of data, lora and train. */
final class Recipe {
  private Recipe() {}

  static DataSettings data(RunSettings settings, LocalDateTime templateTime) {
    var spec = settings.spec();
    return new DataSettings(
        settings.model(),
        dataSet(settings.train()),
        settings.eval().isEmpty() ? Optional.empty() : Optional.of(dataSet(settings.eval())),
        spec.dropDuplicates(),
        RowFormat.valueOf(spec.format().name()),
        spec.textField(),
        settings.chatTemplate(),
        Optional.ofNullable(spec.loss()).map(loss -> LossOn.valueOf(loss.name())),
        spec.evalFraction() == null ? 0 : Decimals.parse(spec.evalFraction()),
        packing(spec),
        spec.seed(),
        templateTime);
  }

  private static Packing packing(EffectiveSpec spec) {
    return switch (spec.packing()) {
      case None -> new Packing.None(spec.maxLength());
      case Bfd -> new Packing.Bfd(spec.maxLength(), spec.packingWindow());
      case BfdSplit -> new Packing.BfdSplit(spec.maxLength(), spec.packingWindow());
      case Wrapped -> new Packing.Wrapped(spec.maxLength(), spec.packingWindow());
      case ConstantLength ->
          new Packing.ConstantLength(
              spec.maxLength(), spec.numOfSequences(), Decimals.parse(spec.charsPerToken()));
    };
  }

  /** The files of the training and of the evaluation rows. */
  static List<Found> found(RunSettings settings) {
    return Stream.of(settings.train(), settings.eval())
        .filter(paths -> !paths.isEmpty())
        .map(paths -> Found.of(dataSet(paths)))
        .toList();
  }

  private static DataSet dataSet(List<DataPath> paths) {
    return new DataSet(
        paths.stream().map(p -> new DataSet.Source(p.field(), p.path(), p.weight())).toList());
  }

  static Optional<QuantConfig> quantization(EffectiveSpec spec) {
    return Optional.ofNullable(spec.quantization())
        .map(
            mode ->
                QuantConfig.of(
                    mode,
                    Optional.ofNullable(spec.quantizationBlockSize()),
                    Boolean.TRUE.equals(spec.doubleQuant())));
  }

  static LoraConfig lora(EffectiveSpec spec) {
    var alphas = new TreeMap<String, Double>();
    orEmpty(spec.alphaPattern()).forEach((key, alpha) -> alphas.put(key, (double) alpha));
    return new LoraConfig(
        spec.loraRank(),
        spec.loraAlpha(),
        Decimals.parse(spec.loraDropout()),
        spec.targetModulesRegex() == null
            ? Targets.of(spec.targetModules())
            : new Targets.Regex(spec.targetModulesRegex()),
        spec.useRslora(),
        orEmpty(spec.rankPattern()),
        alphas,
        spec.modulesToSave() == null ? List.of() : spec.modulesToSave());
  }

  private static Map<String, Integer> orEmpty(Map<String, Integer> pattern) {
    return pattern == null ? Map.of() : pattern;
  }

  static TrainSettings train(EffectiveSpec spec) {
    return new TrainSettings(
        spec.maxSteps() == null
            ? new Length.Epochs(Decimals.parse(spec.epochs()))
            : new Length.Steps(spec.maxSteps()),
        rate(spec),
        new TrainSettings.Optimizer(
            Decimals.parse(spec.adamBeta1()),
            Decimals.parse(spec.adamBeta2()),
            Decimals.parse(spec.adamEpsilon()),
            Decimals.parse(spec.weightDecay()),
            Decimals.parse(spec.maxGradNorm())),
        new TrainSettings.Objective(spec.lossType(), Decimals.parse(spec.neftuneNoiseAlpha())),
        spec.batchSize(),
        spec.gradientAccumulationSteps(),
        spec.gradientCheckpointing(),
        spec.maxNonFiniteSteps(),
        spec.seed());
  }

  private static TrainSettings.Rate rate(EffectiveSpec spec) {
    return new TrainSettings.Rate(
        spec.scheduler(),
        Decimals.parse(spec.learningRate()),
        warmup(spec),
        spec.minLearningRate() == null ? 0 : Decimals.parse(spec.minLearningRate()),
        spec.schedulerCycles() == null ? 1 : spec.schedulerCycles(),
        spec.schedulerPower() == null ? 1 : Decimals.parse(spec.schedulerPower()));
  }

  /** Neither is set for the constant rate. */
  private static Warmup warmup(EffectiveSpec spec) {
    return spec.warmupRatio() == null
        ? new Warmup.Steps(spec.warmupSteps() == null ? 0 : spec.warmupSteps())
        : new Warmup.Ratio(Decimals.parse(spec.warmupRatio()));
  }
}
