package io.sftjob.trainer.estimate;

import io.sftjob.trainer.estimate.StoredModel.Form;
import io.sftjob.trainer.estimate.StoredModel.Tensor;
import io.sftjob.trainer.lora.AdapterPlan;
import io.sftjob.trainer.lora.LoraConfig;
import io.sftjob.trainer.model.DecoderSpec;
import io.sftjob.trainer.model.DecoderSpec.Attention;
import io.sftjob.trainer.model.DecoderSpec.Head;
import io.sftjob.trainer.model.DecoderSpec.Mlp;
import io.sftjob.trainer.model.Layout;
import io.sftjob.trainer.model.LinearRole;
import io.sftjob.trainer.model.RopeScaling;
import io.sftjob.trainer.model.Rotary;
import io.sftjob.trainer.quant.QuantConfig;
import io.sftjob.trainer.torch.TorchDtype;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Models and jobs by their sizes. */
final class Shapes {
  private Shapes() {}

  /** SmolLM2-135M. */
  static DecoderSpec smolLm2() {
    return llama(49152, 576, 30, new Attention(9, 3, 64, false, false, false), 1536, Head.Tied);
  }

  static DecoderSpec llama2() {
    return llama(
        32000, 4096, 32, new Attention(32, 32, 128, false, false, false), 11008, Head.Linear);
  }

  /** Two heads of 4, hidden 8, intermediate 16, 10 tokens, 2 layers: numbers for a pencil. */
  static DecoderSpec small() {
    return llama(10, 8, 2, new Attention(2, 2, 4, false, false, false), 16, Head.Linear);
  }

  private static DecoderSpec llama(
      int vocabulary, int hidden, int layers, Attention attention, int intermediate, Head head) {
    return new DecoderSpec(
        "llama",
        vocabulary,
        hidden,
        layers,
        attention,
        new Mlp(intermediate, false),
        1e-5,
        Rotary.of(10000, attention.headDim(), new RopeScaling.None()),
        8192,
        head,
        layout());
  }

  private static Layout layout() {
    var linears = new LinkedHashMap<LinearRole, String>();
    linears.put(LinearRole.Q, "self_attn.q_proj");
    linears.put(LinearRole.K, "self_attn.k_proj");
    linears.put(LinearRole.V, "self_attn.v_proj");
    linears.put(LinearRole.O, "self_attn.o_proj");
    linears.put(LinearRole.Gate, "mlp.gate_proj");
    linears.put(LinearRole.Up, "mlp.up_proj");
    linears.put(LinearRole.Down, "mlp.down_proj");
    return new Layout(
        "model.embed_tokens.weight",
        "model.norm.weight",
        "lm_head.weight",
        "model.layers",
        "input_layernorm",
        "post_attention_layernorm",
        linears,
        Set.of(),
        Set.of());
  }

  /** Stored in that dtype, as safetensors store it. */
  static StoredModel stored(DecoderSpec spec, TorchDtype dtype) {
    var tensors = new TreeMap<String, Tensor>();
    spec.layout()
        .shapes(spec)
        .forEach(
            (name, shape) -> {
              long bytes = Arrays.stream(shape).reduce(1, (a, b) -> a * b) * dtype.bytes();
              tensors.put(name, new Tensor(shape, dtype, bytes, Form.Plain));
            });
    return new StoredModel(spec, tensors);
  }

  static Workload work(TorchDtype dtype, int batchSize, int maxLength, boolean checkpointing) {
    return work(dtype, Optional.empty(), Batch.full(batchSize, maxLength), checkpointing);
  }

  static Workload work(
      TorchDtype dtype, Optional<QuantConfig> quantization, Batch batch, boolean checkpointing) {
    return new Workload(dtype, quantization, false, batch, checkpointing, false, 128);
  }

  static AdapterPlan adapter(DecoderSpec spec, int rank) {
    return AdapterPlan.of(spec, new LoraConfig(rank, rank, 0, List.of("AllLinear"), false));
  }

  static MemoryEstimate estimate(DecoderSpec spec, Workload work, int rank) {
    return MemoryEstimate.of(
        stored(spec, work.dtype()), work, adapter(spec, rank), new ProcessBytes(0, 0, 0), 0);
  }
}
