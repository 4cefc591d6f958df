package io.sftjob.trainer.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sftjob.trainer.safetensors.Dtype;
import io.sftjob.trainer.safetensors.SafetensorsStream;
import io.sftjob.trainer.safetensors.SafetensorsWriter;
import io.sftjob.trainer.safetensors.TensorInfo;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes a checkpoint with the shape of a real model and random weights in bfloat16, shard by
 * shard, with a tokenizer and rows to train on: {@code RandomCheckpoint SHAPE TOKENIZER FOLDER}.
 */
public final class RandomCheckpoint {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SHARD_BYTES = 2L << 30;
  private static final int POOL = 1 << 24;

  private RandomCheckpoint() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[2]));
    Files.copy(Path.of(arguments[1]), folder.resolve("tokenizer.json"));
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": \"<|im_end|>\"}");
    write(config(arguments[0]), folder);
    rows(folder.resolve("train.jsonl"));
  }

  static ObjectNode config(String shape) throws IOException {
    String config =
        switch (shape) {
          case "llama-2-7b" ->
              """
              {"model_type": "llama", "vocab_size": 32000, "hidden_size": 4096,
               "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32,
               "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "max_position_embeddings": 4096,
               "hidden_act": "silu", "tie_word_embeddings": false}""";
          case "baichuan2-7b" ->
              """
              {"model_type": "baichuan", "vocab_size": 125696, "hidden_size": 4096,
               "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32,
               "rms_norm_eps": 1e-6, "max_position_embeddings": 4096, "model_max_length": 4096,
               "hidden_act": "silu", "tie_word_embeddings": false}""";
          case "chatglm3-6b" ->
              """
              {"model_type": "chatglm", "padded_vocab_size": 65024, "hidden_size": 4096,
               "ffn_hidden_size": 13696, "num_layers": 28, "num_attention_heads": 32,
               "kv_channels": 128, "multi_query_attention": true, "multi_query_group_num": 2,
               "add_qkv_bias": true, "add_bias_linear": false, "seq_length": 8192,
               "layernorm_epsilon": 1e-5, "rmsnorm": true, "original_rope": true,
               "tie_word_embeddings": false}""";
          case "smollm2-135m" ->
              """
              {"model_type": "llama", "vocab_size": 49152, "hidden_size": 576,
               "intermediate_size": 1536, "num_hidden_layers": 30, "num_attention_heads": 9,
               "num_key_value_heads": 3, "rms_norm_eps": 1e-5, "rope_theta": 100000.0,
               "max_position_embeddings": 8192, "hidden_act": "silu",
               "tie_word_embeddings": true}""";
          case "qwen2.5-0.5b" ->
              """
              {"model_type": "qwen2", "vocab_size": 151936, "hidden_size": 896,
               "intermediate_size": 4864, "num_hidden_layers": 24, "num_attention_heads": 14,
               "num_key_value_heads": 2, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0,
               "max_position_embeddings": 32768, "hidden_act": "silu",
               "tie_word_embeddings": true}""";
          case "1b" ->
              """
              {"model_type": "llama", "vocab_size": 32000, "hidden_size": 2048,
               "intermediate_size": 5632, "num_hidden_layers": 22, "num_attention_heads": 32,
               "num_key_value_heads": 4, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
               "max_position_embeddings": 2048, "hidden_act": "silu",
               "tie_word_embeddings": false}""";
          default ->
              throw new IllegalArgumentException(
                  "SHAPE is one of llama-2-7b, baichuan2-7b, chatglm3-6b, 1b, smollm2-135m, qwen2.5-0.5b");
        };
    return (ObjectNode) JSON.readTree(config);
  }

  /** Config, shards and their index. */
  public static void write(ObjectNode config, Path folder) throws IOException {
    Files.writeString(folder.resolve("config.json"), config.toPrettyString());
    DecoderSpec spec = Families.spec(new ConfigFile(folder.resolve("config.json"), config));
    var shard = new ArrayList<TensorInfo>();
    ObjectNode index = JSON.createObjectNode();
    ByteBuffer normals = normals();
    int number = 0;
    long size = 0;
    for (var tensor : spec.layout().shapes(spec).entrySet()) {
      var info = new TensorInfo(tensor.getKey(), Dtype.BF16, tensor.getValue());
      if (size + info.bytes() > SHARD_BYTES && !shard.isEmpty()) {
        writeShard(folder, number++, shard, index, normals);
        shard.clear();
        size = 0;
      }
      shard.add(info);
      size += info.bytes();
    }
    writeShard(folder, number, shard, index, normals);
    ObjectNode file = JSON.createObjectNode();
    long[] total = {0};
    spec.layout().shapes(spec).forEach((name, shape) -> total[0] += bytes(name, shape));
    file.putObject("metadata").put("total_size", total[0]);
    file.set("weight_map", index);
    Files.writeString(folder.resolve("model.safetensors.index.json"), file.toString());
  }

  private static long bytes(String name, long[] shape) {
    return new TensorInfo(name, Dtype.BF16, shape).bytes();
  }

  private static void writeShard(
      Path folder, int number, List<TensorInfo> tensors, ObjectNode index, ByteBuffer normals)
      throws IOException {
    String name = "model-%05d.safetensors".formatted(number + 1);
    tensors.forEach(tensor -> index.put(tensor.name(), name));
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(folder.resolve(name)), 1 << 20)) {
      var stream = SafetensorsStream.begin(out, tensors, SafetensorsWriter.PYTORCH);
      var random = new Random(number);
      for (TensorInfo tensor : stream.order()) {
        writeTensor(stream, tensor, normals, random);
      }
      stream.finish();
    }
  }

  /** Pieces of the pool from random places; norms are one. */
  private static void writeTensor(
      SafetensorsStream stream, TensorInfo tensor, ByteBuffer normals, Random random)
      throws IOException {
    long left = tensor.bytes();
    if (tensor.shape().length == 1 && !tensor.name().endsWith("bias")) {
      ByteBuffer ones = ByteBuffer.allocate((int) left).order(ByteOrder.LITTLE_ENDIAN);
      while (ones.hasRemaining()) {
        ones.putShort((short) 0x3f80);
      }
      stream.write(ones.flip());
      return;
    }
    while (left > 0) {
      int from = 2 * random.nextInt(POOL / 2);
      int bytes = (int) Math.min(left, 2L * POOL - from);
      stream.write(normals.slice(from, bytes));
      left -= bytes;
    }
  }

  /** bfloat16 of N(0, 0.02²). */
  private static ByteBuffer normals() {
    var random = new Random(1);
    ByteBuffer pool = ByteBuffer.allocate(2 * POOL).order(ByteOrder.LITTLE_ENDIAN);
    while (pool.hasRemaining()) {
      pool.putShort((short) (Float.floatToIntBits((float) (0.02 * random.nextGaussian())) >>> 16));
    }
    return pool.flip();
  }

  private static void rows(Path file) throws IOException {
    var random = new Random(2);
    var lines = new ArrayList<String>();
    for (int row = 0; row < 40; row++) {
      var text = new StringBuilder();
      while (text.length() < 4000) {
        text.append((char) ('a' + random.nextInt(26)));
        if (random.nextInt(5) == 0) {
          text.append(' ');
        }
      }
      lines.add("{\"text\": \"" + text + "\"}");
    }
    Files.write(file, lines);
  }
}
