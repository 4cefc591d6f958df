package io.sftjob.trainer.model;

import io.sftjob.api.progress.ExitCode;
import io.sftjob.trainer.TrainerException;
import io.sftjob.trainer.gguf.GgufFile;
import io.sftjob.trainer.gguf.GgufMetadata;
import io.sftjob.trainer.gguf.GgufTensor;
import io.sftjob.trainer.model.DecoderSpec.Attention;
import io.sftjob.trainer.model.DecoderSpec.Head;
import io.sftjob.trainer.model.DecoderSpec.Mlp;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Set;

/** The keys of a GGUF's header as a spec: Llama (Yi, Mistral and SmolLM2 too), Qwen2, Qwen3. */
final class GgufConfig {
  /** Frequencies of Llama 3, as divisors. */
  static final String ROPE_DIVISORS = "rope_freqs.weight";

  private static final Set<String> ARCHITECTURES = Set.of("llama", "qwen2", "qwen3");

  private final Path path;
  private final GgufFile file;
  private final GgufMetadata keys;
  private final String architecture;

  private GgufConfig(Path path, GgufFile file) {
    this.path = path;
    this.file = file;
    this.keys = file.metadata();
    this.architecture = keys.required("general.architecture", keys.string("general.architecture"));
  }

  /**
   * @throws TrainerException naming the key that is missing or not supported
   */
  static DecoderSpec spec(Path path, GgufFile file) {
    return new GgufConfig(path, file).spec();
  }

  private DecoderSpec spec() {
    if (!ARCHITECTURES.contains(architecture)) {
      throw refused(
          "the GGUF key `general.architecture` is `%s`; those known are llama, qwen2 and qwen3",
          architecture);
    }
    for (String key : keys.keys()) {
      if (key.startsWith(architecture + ".expert_")
          || key.equals(architecture + ".attention.sliding_window")) {
        throw refused(
            "the GGUF key `%s` is %s, which is not supported and would change the result",
            key, keys.value(key).orElseThrow());
      }
    }
    int hidden = integer("embedding_length");
    int heads = integer("attention.head_count");
    int headDim = optional("attention.key_length", hidden / heads);
    int kvHeads = optional("attention.head_count_kv", heads);
    requireWholeGroups(heads, kvHeads);
    requireFullRotation(headDim);
    Rotary rotary = Rotary.of(real("rope.freq_base", 10000), headDim, scaling(headDim));
    return new DecoderSpec(
        architecture,
        vocabSize(),
        hidden,
        integer("block_count"),
        new Attention(
            heads,
            kvHeads,
            headDim,
            has("blk.0.attn_q.bias"),
            has("blk.0.attn_output.bias"),
            architecture.equals("qwen3")),
        new Mlp(integer("feed_forward_length"), has("blk.0.ffn_gate.bias")),
        keys.required(
            key("attention.layer_norm_rms_epsilon"),
            keys.real(key("attention.layer_norm_rms_epsilon"))),
        rotary,
        RopeConfig.reach(rotary, integer("context_length")),
        Head.tied(!has("output.weight")),
        Layout.LLAMA);
  }

  private void requireWholeGroups(int heads, int kvHeads) {
    if (heads % kvHeads != 0) {
      throw refused(
          "the GGUF key `%s` %d is no multiple of `%s` %d",
          key("attention.head_count"), heads, key("attention.head_count_kv"), kvHeads);
    }
  }

  private void requireFullRotation(int headDim) {
    int rotated = optional("rope.dimension_count", headDim);
    if (rotated != headDim || headDim % 2 != 0) {
      throw refused(
          "the GGUF key `%s` is %d; expected the head's dimension %d, and an even one",
          key("rope.dimension_count"), rotated, headDim);
    }
  }

  private RopeScaling scaling(int headDim) {
    if (file.tensor(ROPE_DIVISORS).isPresent()) {
      return divisors(file.tensor(ROPE_DIVISORS).get(), headDim);
    }
    String type = keys.string(key("rope.scaling.type")).orElse("none");
    return switch (type) {
      case "none" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(real("rope.scaling.factor", 1));
      case "yarn" -> yarn();
      default ->
          throw refused(
              "the GGUF key `%s` is `%s`; those known are none, linear and yarn",
              key("rope.scaling.type"), type);
    };
  }

  private RopeScaling yarn() {
    double factor = real("rope.scaling.factor", 1);
    return new RopeScaling.Yarn(
        factor,
        real("rope.scaling.attn_factor", RopeScaling.Yarn.mscale(factor, 1)),
        real("rope.scaling.yarn_beta_fast", 32),
        real("rope.scaling.yarn_beta_slow", 1),
        integer("rope.scaling.original_context_length"),
        true);
  }

  private RopeScaling divisors(GgufTensor tensor, int headDim) {
    if (tensor.shape().length != 1
        || tensor.shape()[0] != headDim / 2
        || tensor.data().byteSize() != 2L * headDim) {
      throw refused(
          "tensor `%s` must be F32 of %d elements: one for each pair of a head",
          ROPE_DIVISORS, headDim / 2);
    }
    return new RopeScaling.Divisors(tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
  }

  private int vocabSize() {
    return file.tensor("token_embd.weight")
        .filter(tensor -> tensor.shape().length == 2 && tensor.shape()[0] <= Integer.MAX_VALUE)
        .map(tensor -> (int) tensor.shape()[0])
        .orElseThrow(() -> refused("there is no matrix `token_embd.weight`"));
  }

  private boolean has(String tensor) {
    return file.tensor(tensor).isPresent();
  }

  private String key(String name) {
    return architecture + "." + name;
  }

  private int integer(String name) {
    return count(name, keys.required(key(name), keys.integer(key(name))));
  }

  private int optional(String name, int fallback) {
    return keys.integer(key(name)).map(value -> count(name, value)).orElse(fallback);
  }

  private int count(String name, long value) {
    if (value <= 0 || value > Integer.MAX_VALUE) {
      throw refused("the GGUF key `%s` is %d; expected an integer above 0", key(name), value);
    }
    return (int) value;
  }

  private double real(String name, double fallback) {
    return keys.real(key(name)).orElse(fallback);
  }

  private TrainerException refused(String message, Object... values) {
    return new TrainerException(ExitCode.ModelNotUsable, path + ": " + message.formatted(values));
  }
}
