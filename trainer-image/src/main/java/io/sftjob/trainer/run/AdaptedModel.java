package io.sftjob.trainer.run;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.api.v1alpha1.ModelDtype;
import io.sftjob.trainer.lora.LoraAdapter;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.Adapter;
import io.sftjob.trainer.model.CausalLm;
import io.sftjob.trainer.model.LoadListener;
import io.sftjob.trainer.torch.Devices;
import io.sftjob.trainer.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** A model, perhaps with an adapter, for computing without training. */
public final class AdaptedModel implements AutoCloseable {
  private final CausalLm model;
  private final Optional<LoraAdapter> adapter;

  private AdaptedModel(CausalLm model, Optional<LoraAdapter> adapter) {
    this.model = model;
    this.adapter = adapter;
  }

  /**
   * What is to be loaded, and where it computes.
   *
   * @param model a folder or a .gguf file
   * @param adapter in PEFT's files
   */
  public record Choice(
      Path model, Optional<Path> adapter, ModelDtype dtype, String device, OptionalInt threads) {}

  /**
   * @throws io.sftjob.trainer.TrainerException if something is missing or can not be used
   */
  public static AdaptedModel load(Choice choice) {
    Inputs.requireModel(choice.model);
    choice.adapter.ifPresent(path -> Inputs.require(path, "--adapter", ExitCode.ModelNotUsable));
    TorchRuntime.start(choice.threads);
    var device = Devices.select(choice.device, 0);
    var model = CausalLm.load(choice.model, device, choice.dtype, LoadListener.NONE);
    try {
      return new AdaptedModel(model, choice.adapter.map(folder -> adapter(folder, model)));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static LoraAdapter adapter(Path folder, CausalLm model) {
    var saved = PeftFiles.read(folder);
    return LoraAdapter.of(
        folder.toString(), saved.config(), model.spec(), model.kernels(), saved.tensors());
  }

  CausalLm model() {
    return model;
  }

  Adapter adapter() {
    return adapter.map(LoraAdapter::evaluating).orElse(Adapter.NONE);
  }

  @Override
  public void close() {
    adapter.ifPresent(LoraAdapter::close);
    model.close();
  }
}
