package io.sftjob.trainer.inspect;

import ai.djl.Device;
import io.sftjob.trainer.model.Checkpoint;
import io.sftjob.trainer.torch.Autograd;
import io.sftjob.trainer.torch.Kernels;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a model is, without loading it: only headers are read, and a head that repeats a tied
 * embedding.
 */
public final class Inspect {
  private Inspect() {}

  /**
   * Lines for a person.
   *
   * @param model a folder with config.json and weights, or a .gguf file
   * @param tensors whether each is listed: name, stored dtype, shape
   * @throws io.sftjob.trainer.TrainerException if training would refuse the model
   */
  public static List<String> lines(Path model, boolean tensors) {
    try (Kernels kernels = Kernels.load(Device.cpu());
        var mode = Autograd.notRecording();
        Checkpoint checkpoint = Checkpoint.open(model, kernels)) {
      Stream<String> facts =
          Stream.of(ModelFacts.of(checkpoint), TokenizerFacts.of(model))
              .flatMap(List::stream)
              .map(Fact::toString);
      return tensors
          ? Stream.concat(facts, ModelFacts.tensors(checkpoint.tensors()).stream()).toList()
          : facts.toList();
    }
  }
}
