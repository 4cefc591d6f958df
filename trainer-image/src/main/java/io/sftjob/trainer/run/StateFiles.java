package io.sftjob.trainer.run;

import io.sftjob.trainer.checkpoint.TensorFiles;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.lora.PeftFiles;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsFile;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.train.TrainCounts;
import io.sftjob.trainer.train.TrainState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The adapter in PEFT's files, AdamW's moments beside it under PyTorch's names for them. */
record StateFiles(LoraConfig config, DecoderSpec spec, String baseModel) implements TensorFiles {
  private static final String EXP_AVG = "exp_avg.";
  private static final String EXP_AVG_SQ = "exp_avg_sq.";

  @Override
  public void write(Path folder, TrainState state) throws IOException {
    PeftFiles.write(folder, config, spec, baseModel, state.adapter());
    var moments = new ArrayList<HostTensor>();
    state.expAvg().forEach(t -> moments.add(renamed(t, EXP_AVG + t.name())));
    state.expAvgSq().forEach(t -> moments.add(renamed(t, EXP_AVG_SQ + t.name())));
    SafetensorsWriter.write(folder.resolve(OPTIMIZER), moments, SafetensorsWriter.PYTORCH);
  }

  @Override
  public TrainState read(Path folder, TrainCounts counts) {
    try (var optimizer = SafetensorsFile.open(folder.resolve(OPTIMIZER))) {
      var moments = optimizer.copy();
      return new TrainState(
          counts,
          PeftFiles.read(folder).tensors(),
          named(moments, EXP_AVG),
          named(moments, EXP_AVG_SQ));
    }
  }

  private static List<HostTensor> named(List<HostTensor> moments, String prefix) {
    return moments.stream()
        .filter(t -> t.name().startsWith(prefix))
        .map(t -> renamed(t, t.name().substring(prefix.length())))
        .toList();
  }

  private static HostTensor renamed(HostTensor tensor, String name) {
    return new HostTensor(name, tensor.dtype(), tensor.shape(), tensor.data());
  }
}
