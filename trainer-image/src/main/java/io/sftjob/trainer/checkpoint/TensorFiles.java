package io.sftjob.trainer.checkpoint;

import io.sftjob.trainer.train.TrainCounts;
import io.sftjob.trainer.train.TrainState;
import java.io.IOException;
import java.nio.file.Path;

/** The tensors of a state as files of a checkpoint's folder. */
public interface TensorFiles {
  /** PEFT's weights; the artifact's SHA-256 is this file's. */
  String ADAPTER = "adapter_model.safetensors";

  /** PEFT's description of the adapter. */
  String ADAPTER_CONFIG = "adapter_config.json";

  /** AdamW's moments. */
  String OPTIMIZER = "optimizer.safetensors";

  /** Writes all three files. */
  void write(Path folder, TrainState state) throws IOException;

  /** Reads what {@link #write} wrote. */
  TrainState read(Path folder, TrainCounts counts) throws IOException;
}
