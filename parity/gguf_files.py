"""GGUF files written and read back by the gguf package: single tensors, and a tiny Llama with its tokenizer."""
from common import fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import json
from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES
from gguf import GGMLQuantizationType as Q
from gguf import GGUFReader, GGUFWriter, TokenType
from gguf.quants import dequantize, quantize
from safetensors.numpy import save_file as save_numpy
from transformers import AutoModelForCausalLM, LlamaForCausalLM

from answers import documents, logits_of, write_logits
from small_tokenizer import CHATML, SPECIALS, small_tokenizer
from tiny_llama import SEED, config, random_model

PACKAGES = ["gguf", "numpy", "torch", "transformers", "tokenizers"]
LAYER_NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}


def blocks(pick: np.random.Generator, largest: float) -> np.ndarray:
    """Four rows of two 32-value blocks, with the blocks that trip a hand-written decoder."""
    x = pick.standard_normal((4, 64)).astype(np.float32)
    x[0, :32] = 0.0                                     # no scale at all
    x[0, 32:40] = [-0.0, 0.0, largest, -largest, 1e-8, -1e-8, 1.0, -1.0]
    x[1, :32] = 3.25                                    # constant: Q4_1 has a minimum and no scale
    x[1, 32:] = np.abs(x[1, 32:]) + 10                  # one sign only
    x[2, :32] *= 1e-4                                   # the f16 scale is subnormal
    x[3, 32:] = np.linspace(-8, 7, 32, dtype=np.float32)
    return x


# Where a block's f16 numbers lie.
HALVES = {Q.Q4_0: (0,), Q.Q4_1: (0, 2), Q.Q5_0: (0,), Q.Q5_1: (0, 2), Q.Q8_0: (0,),
          Q.Q4_K: (0, 2), Q.Q5_K: (0, 2), Q.Q6_K: (208,)}


def random_blocks(pick: np.random.Generator, q: Q) -> np.ndarray:
    """Three rows of two blocks in which every bit is random; the package can not quantize to the K types."""
    elements, size = GGML_QUANT_SIZES[q]
    raw = pick.integers(0, 256, (6, size), dtype=np.uint8)
    # Subnormal, zero of both signs, the largest, and ordinary ones.
    scales = np.array([[6e-8, -0.0], [0.0, 6e-8], [65504, -65504], [-0.013, 0.02], [0.3, -1.7], [-1e-5, 2.5]], "<f2")
    for i, at in enumerate(HALVES[q]):
        raw[:, at:at + 2] = scales[:, i:i + 1].view(np.uint8)
    return raw.reshape(3, 2 * size)


def single_tensors(folder: Path) -> None:
    pick = np.random.default_rng(SEED)
    writer = GGUFWriter(folder / "tensors.gguf", "llama")
    for q in (Q.Q4_0, Q.Q4_1, Q.Q5_0, Q.Q5_1, Q.Q8_0, Q.F16, Q.BF16, Q.F32):
        largest = 6e4 if q is Q.F16 else 1e30 if q in (Q.BF16, Q.F32) else 500.0
        name = q.name.lower() + ".weight"
        writer.add_tensor(name, quantize(blocks(pick, largest), q), raw_dtype=None if q in (Q.F16, Q.F32) else q)
    for q in HALVES:
        writer.add_tensor(q.name.lower() + ".random", random_blocks(pick, q), raw_dtype=q)
    finish(writer)
    save_numpy(dequantized(folder / "tensors.gguf"), folder / "tensors.safetensors")


def finish(writer: GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def dequantized(path: Path) -> dict[str, np.ndarray]:
    return {t.name: np.ascontiguousarray(dequantize(t.data, t.tensor_type)) for t in GGUFReader(path).tensors}


def gguf_name(name: str) -> str:
    fixed = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
             "lm_head.weight": "output.weight"}
    if name in fixed:
        return fixed[name]
    _, _, layer, rest = name.split(".", 3)
    return f"blk.{layer}.{LAYER_NAMES[rest.removesuffix('.weight')]}.weight"


def heads_of(name: str, cfg) -> int | None:
    """Only q and k are permuted."""
    return {"q_proj": cfg.num_attention_heads, "k_proj": cfg.num_key_value_heads}.get(name.split(".")[-2])


def permute(w: np.ndarray, heads: int) -> np.ndarray:
    """LlamaModel.permute of llama.cpp's convert_hf_to_gguf.py."""
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def unpermute(w: np.ndarray, heads: int) -> np.ndarray:
    return w.reshape(heads, w.shape[0] // heads // 2, 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def add_header(writer: GGUFWriter, cfg) -> None:
    writer.add_name("tiny-llama")
    writer.add_block_count(cfg.num_hidden_layers)
    writer.add_context_length(cfg.max_position_embeddings)
    writer.add_embedding_length(cfg.hidden_size)
    writer.add_feed_forward_length(cfg.intermediate_size)
    writer.add_head_count(cfg.num_attention_heads)
    writer.add_head_count_kv(cfg.num_key_value_heads)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(cfg.rms_norm_eps)
    writer.add_vocab_size(cfg.vocab_size)
    writer.add_rope_dimension_count(cfg.head_dim)


def add_vocabulary(writer: GGUFWriter, tokenizer) -> None:
    spec = json.loads(tokenizer.backend_tokenizer.to_str())
    tokens = [t for t, _ in sorted(spec["model"]["vocab"].items(), key=lambda item: item[1])]
    writer.add_add_space_prefix(False)
    writer.add_add_bos_token(False)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.CONTROL if t in SPECIALS else TokenType.NORMAL for t in tokens])
    writer.add_token_merges([" ".join(pair) for pair in spec["model"]["merges"]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_pad_token_id(2)
    writer.add_chat_template(CHATML)


def tiny_model(folder: Path) -> None:
    cfg, path = config(), folder / "tiny-llama.gguf"
    base = random_model(cfg, SEED)  # the weights of the fixture tiny-llama
    tokenizer = small_tokenizer()
    writer = GGUFWriter(path, "llama")
    add_header(writer, cfg)
    add_vocabulary(writer, tokenizer)
    for name, p in base.state_dict().items():
        w, heads = p.numpy(), heads_of(name, cfg)
        w = permute(w, heads) if heads else w
        # Layer 0 and the embedding stay f32, so that one file tests a mix.
        q = Q.Q8_0 if "layers.1." in name and w.ndim == 2 or name == "lm_head.weight" else Q.F32
        writer.add_tensor(gguf_name(name), quantize(w, q), raw_dtype=q if q is Q.Q8_0 else None)
    finish(writer)

    tensors = dequantized(path)
    state = {name: tensors[gguf_name(name)] for name in base.state_dict()}
    state = {n: torch.from_numpy(unpermute(w, heads_of(n, cfg)) if heads_of(n, cfg) else w) for n, w in state.items()}
    model = LlamaForCausalLM(cfg).eval()
    model.load_state_dict(state)
    docs = documents(512, SEED + 1)
    check_against_transformers(model, path, docs)
    write_logits(folder, model, docs)

    tokenizer.save_pretrained(folder, save_jinja_files=False)


def check_against_transformers(model, path: Path, docs) -> None:
    """Our reading of the file agrees with transformers' own GGUF loader."""
    loaded = AutoModelForCausalLM.from_pretrained(
        path.parent, gguf_file=path.name, dtype=torch.float32, attn_implementation="eager").eval()
    for d in docs:
        assert torch.allclose(logits_of(model, d), logits_of(loaded, d), atol=1e-4, rtol=0), "GGUF loaders disagree"


if __name__ == "__main__":
    folder = fixture("gguf")
    single_tensors(folder)
    tiny_model(folder)
    write_manifest(folder, "tensors.gguf holds 4 x 64 quantized values per type and blocks of random bits of each "
                           "block type; tensors.safetensors holds what gguf.quants.dequantize reads from it. "
                           "tiny-llama.gguf holds tiny-llama's weights (layer 1 and the head in Q8_0, q and k permuted "
                           "as llama.cpp does), checked against transformers' own loader; expected.* are the logits "
                           "of the dequantized model. tokenizer.json is the same vocabulary.",
                   PACKAGES, SEED)
