package io.sftjob.trainer.spec;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ComputeSpec;
import io.sftjob.api.v1alpha1.EffectiveSpec;
import io.sftjob.api.v1alpha1.LoraSpec;
import io.sftjob.api.v1alpha1.SFTJobSpec;
import io.sftjob.trainer.TrainerException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A job on this machine: its URIs as paths and its defaults resolved.
 *
 * @param jobName metadata.name
 * @param jobUid metadata.uid; absent outside a cluster
 * @param baseModel where PEFT finds the model: a path of this machine, or the claim's URI
 * @param eval empty if there is none
 * @param firstAdapter {@code spec.lora.initFrom}
 * @param gpus how many the spec asks for
 * @param memoryLimit of the container that the spec asks for, bytes
 * @param outputUri as the spec has it, without a slash at its end
 */
public record RunSettings(
    String jobName,
    Optional<String> jobUid,
    Path model,
    String baseModel,
    List<DataPath> train,
    List<DataPath> eval,
    Optional<String> chatTemplate,
    Optional<Path> firstAdapter,
    int gpus,
    Optional<Long> memoryLimit,
    Path output,
    String outputUri,
    EffectiveSpec spec,
    Map<String, String> identity) {

  public static RunSettings of(Job job, PathResolver paths) {
    SFTJobSpec spec = job.spec();
    var data = spec.dataset();
    var effective = EffectiveSpec.of(spec);
    return new RunSettings(
        job.name(),
        Optional.ofNullable(job.uid()),
        paths.resolve("spec.model.uri", spec.model().uri()),
        spec.model().uri().replaceFirst("^file://", ""),
        DataPath.of("spec.dataset.train", data.train(), paths),
        data.eval() == null ? List.of() : DataPath.of("spec.dataset.eval", data.eval(), paths),
        Optional.ofNullable(data.chatTemplate()),
        Optional.ofNullable(spec.lora())
            .map(LoraSpec::initFrom)
            .map(from -> paths.resolve("spec.lora.initFrom.uri", from.uri())),
        spec.compute() == null || spec.compute().gpus() == null ? 0 : spec.compute().gpus(),
        memoryLimit(spec.compute()),
        paths.resolve("spec.output.uri", spec.output().uri()),
        spec.output().uri().replaceFirst("/+$", ""),
        effective,
        identity(spec, effective));
  }

  private static Optional<Long> memoryLimit(ComputeSpec compute) {
    return Optional.ofNullable(compute)
        .map(ComputeSpec::resources)
        .map(ResourceRequirements::getLimits)
        .map(limits -> limits.get("memory"))
        .map(RunSettings::bytes);
  }

  private static long bytes(Quantity memory) {
    try {
      return memory.getNumericalAmount().longValue();
    } catch (IllegalArgumentException e) {
      throw new TrainerException(
          ExitCode.InvalidSpec,
          "spec.compute.resources.limits.memory is '%s'; expected a quantity such as 6Gi"
              .formatted(memory),
          e);
    }
  }

  /**
   * The fields that determine what is trained. How often is saved and, without early stopping,
   * evaluated, and whether layers are recomputed, changes no weight.
   */
  static Map<String, String> identity(SFTJobSpec spec, EffectiveSpec effective) {
    var fields = new TreeMap<String, String>();
    put(fields, "spec.model.uri", spec.model().uri());
    put(fields, "spec.model.dtype", effective.dtype());
    put(fields, "spec.model.quantization.mode", effective.quantization());
    put(fields, "spec.model.quantization.blockSize", effective.quantizationBlockSize());
    put(fields, "spec.model.quantization.doubleQuant", effective.doubleQuant());
    put(fields, "spec.dataset.train.uri", spec.dataset().train().uri());
    put(fields, "spec.dataset.train.sources", spec.dataset().train().sources());
    put(fields, "spec.dataset.dropDuplicates", effective.dropDuplicates());
    put(fields, "spec.dataset.evalFraction", effective.evalFraction());
    put(fields, "spec.dataset.format", effective.format());
    put(fields, "spec.dataset.textField", effective.textField());
    put(fields, "spec.dataset.chatTemplate", spec.dataset().chatTemplate());
    put(fields, "spec.dataset.loss", effective.loss());
    put(fields, "spec.packing.strategy", effective.packing());
    put(fields, "spec.packing.maxLength", effective.maxLength());
    put(fields, "spec.packing.window", effective.packingWindow());
    put(fields, "spec.packing.numOfSequences", effective.numOfSequences());
    put(fields, "spec.packing.charsPerToken", effective.charsPerToken());
    put(fields, "spec.lora.rank", effective.loraRank());
    put(fields, "spec.lora.alpha", effective.loraAlpha());
    put(fields, "spec.lora.dropout", effective.loraDropout());
    put(fields, "spec.lora.targetModules", effective.targetModules());
    put(fields, "spec.lora.targetModulesRegex", effective.targetModulesRegex());
    put(fields, "spec.lora.rankPattern", sorted(effective.rankPattern()));
    put(fields, "spec.lora.alphaPattern", sorted(effective.alphaPattern()));
    put(fields, "spec.lora.modulesToSave", effective.modulesToSave());
    put(fields, "spec.lora.useRslora", effective.useRslora());
    if (spec.lora() != null && spec.lora().initFrom() != null) {
      put(fields, "spec.lora.initFrom.uri", spec.lora().initFrom().uri());
    }
    put(fields, "spec.training.epochs", effective.epochs());
    put(fields, "spec.training.maxSteps", effective.maxSteps());
    put(fields, "spec.training.learningRate", effective.learningRate());
    put(fields, "spec.training.scheduler", effective.scheduler());
    put(fields, "spec.training.minLearningRate", effective.minLearningRate());
    put(fields, "spec.training.schedulerCycles", effective.schedulerCycles());
    put(fields, "spec.training.schedulerPower", effective.schedulerPower());
    put(fields, "spec.training.warmupRatio", effective.warmupRatio());
    put(fields, "spec.training.warmupSteps", effective.warmupSteps());
    put(fields, "spec.training.weightDecay", effective.weightDecay());
    put(fields, "spec.training.adamBeta1", effective.adamBeta1());
    put(fields, "spec.training.adamBeta2", effective.adamBeta2());
    put(fields, "spec.training.adamEpsilon", effective.adamEpsilon());
    put(fields, "spec.training.maxGradNorm", effective.maxGradNorm());
    put(fields, "spec.training.lossType", effective.lossType());
    put(fields, "spec.training.neftuneNoiseAlpha", effective.neftuneNoiseAlpha());
    put(fields, "spec.training.batchSize", effective.batchSize());
    put(fields, "spec.training.gradientAccumulationSteps", effective.gradientAccumulationSteps());
    if (effective.earlyStoppingPatience() != null) {
      put(fields, "spec.training.earlyStoppingPatience", effective.earlyStoppingPatience());
      put(fields, "spec.training.evalSteps", effective.evalSteps());
    }
    put(fields, "spec.training.seed", effective.seed());
    return fields;
  }

  /** A map of a spec has no order. */
  private static Map<String, Integer> sorted(Map<String, Integer> map) {
    return map == null ? null : new TreeMap<>(map);
  }

  private static void put(Map<String, String> fields, String name, Object value) {
    if (value != null) {
      fields.put(name, value.toString());
    }
  }
}
