package io.sftjob.trainer.cli;

import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.run.AdaptedModel;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model computes, and where. */
final class ModelOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "PATH",
      description = "A folder with config.json and weights, or a .gguf file.")
  private Path model;

  @Option(names = "--adapter", paramLabel = "DIR", description = "A LoRA adapter in PEFT's files.")
  private Path adapter;

  @Mixin private ThreadsOption threads;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "auto, cpu or cuda:N.")
  private String device;

  AdaptedModel.Choice choice(ModelDtype dtype) {
    return new AdaptedModel.Choice(
        model, Optional.ofNullable(adapter), dtype, device, threads.value());
  }
}
