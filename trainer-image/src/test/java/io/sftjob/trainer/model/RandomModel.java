package io.sftjob.trainer.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.lora.SplitMix64;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.HostTensor;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tiny Llama checkpoints of any shape, written as a folder. */
public final class RandomModel {
  private RandomModel() {}

  /** A valid configuration to change. */
  public static ObjectNode config() {
    ObjectNode config = new ObjectMapper().createObjectNode();
    config.put("model_type", "llama").put("vocab_size", 40).put("hidden_size", 16);
    config.put("num_hidden_layers", 2).put("num_attention_heads", 4).put("num_key_value_heads", 2);
    config.put("intermediate_size", 24).put("rms_norm_eps", 1e-5).put("rope_theta", 10000.0);
    config.put("max_position_embeddings", 64).put("tie_word_embeddings", false);
    return config;
  }

  public static Path write(Path folder, ObjectNode config, long seed) throws IOException {
    return write(folder, config, tensors(config, folder, seed));
  }

  public static Path write(Path folder, ObjectNode config, List<HostTensor> tensors)
      throws IOException {
    Files.writeString(folder.resolve("config.json"), config.toString());
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    return folder;
  }

  /** Random weights for every tensor that the configuration implies. */
  public static List<HostTensor> tensors(ObjectNode config, Path folder, long seed) {
    DecoderSpec spec = Families.spec(new ConfigFile(folder.resolve("config.json"), config));
    var random = new SplitMix64(seed);
    var tensors = new ArrayList<HostTensor>();
    spec.layout()
        .shapes(spec)
        .forEach(
            (name, shape) -> {
              int size = (int) (shape.length == 2 ? shape[0] * shape[1] : shape[0]);
              ByteBuffer data = ByteBuffer.allocate(4 * size).order(ByteOrder.LITTLE_ENDIAN);
              float offset = name.contains("norm") ? 1 : 0;
              for (int i = 0; i < size; i++) {
                data.putFloat(4 * i, offset + 0.5f * (random.nextFloat() - 0.5f));
              }
              tensors.add(new HostTensor(name, Dtype.F32, shape, data));
            });
    return tensors;
  }
}
