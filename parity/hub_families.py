"""Families that transformers implements: Yi, Mistral, Qwen2, Qwen3. Their config.json as repositories publish it."""
from common import fixture, write_json, write_manifest

from answers import PACKAGES, documents, randomise_, save_adapter, torch, with_adapter, write_answers

from pathlib import Path

from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

SEED = 20241101

YI = {
    "architectures": ["LlamaForCausalLM"], "attention_bias": False, "attention_dropout": 0.0, "bos_token_id": 1,
    "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 32, "initializer_range": 0.02, "intermediate_size": 88,
    "max_position_embeddings": 4096, "model_type": "llama", "num_attention_heads": 4, "num_hidden_layers": 2,
    "num_key_value_heads": 1, "pad_token_id": 0, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": None,
    "rope_theta": 5000000.0, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
    "transformers_version": "4.35.0", "use_cache": True, "vocab_size": 192}

MISTRAL = {
    "architectures": ["MistralForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 1, "eos_token_id": 2,
    "head_dim": 8, "hidden_act": "silu", "hidden_size": 40, "initializer_range": 0.02, "intermediate_size": 96,
    "max_position_embeddings": 32768, "model_type": "mistral", "num_attention_heads": 4, "num_hidden_layers": 2,
    "num_key_value_heads": 2, "rms_norm_eps": 1e-05, "rope_theta": 1000000.0, "sliding_window": None,
    "tie_word_embeddings": False, "torch_dtype": "bfloat16", "transformers_version": "4.42.3", "use_cache": True,
    "vocab_size": 176}

# use_sliding_window false: sliding_window and max_window_layers are there and mean nothing.
QWEN2 = {
    "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 198, "eos_token_id": 199,
    "hidden_act": "silu", "hidden_size": 32, "initializer_range": 0.02, "intermediate_size": 80,
    "max_position_embeddings": 32768, "max_window_layers": 21, "model_type": "qwen2", "num_attention_heads": 4,
    "num_hidden_layers": 2, "num_key_value_heads": 2, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
    "sliding_window": 32768, "tie_word_embeddings": True, "torch_dtype": "bfloat16",
    "transformers_version": "4.43.1", "use_cache": True, "use_sliding_window": False, "vocab_size": 200}

QWEN3 = {
    "architectures": ["Qwen3ForCausalLM"], "attention_bias": False, "attention_dropout": 0.0, "bos_token_id": 198,
    "eos_token_id": 199, "head_dim": 16, "hidden_act": "silu", "hidden_size": 32, "initializer_range": 0.02,
    "intermediate_size": 80, "max_position_embeddings": 40960, "max_window_layers": 2, "model_type": "qwen3",
    "num_attention_heads": 4, "num_hidden_layers": 2, "num_key_value_heads": 2, "rms_norm_eps": 1e-06,
    "rope_scaling": None, "rope_theta": 1000000, "sliding_window": None, "tie_word_embeddings": True,
    "torch_dtype": "float32", "transformers_version": "4.51.0", "use_cache": True, "use_sliding_window": False,
    "vocab_size": 200}


def store(folder: Path, config: dict, model) -> None:
    """config.json word for word as given, and the weights in the dtype it names."""
    write_json(folder / "config.json", config, indent=2)
    dtype = getattr(torch, config["torch_dtype"])
    tied = {"lm_head.weight"} if config["tie_word_embeddings"] else set()
    save_file({k: v.to(dtype).contiguous() for k, v in model.state_dict().items() if k not in tied},
              folder / "model.safetensors", metadata={"format": "pt"})


def family(name: str, what: str, config: dict, seed: int, as_transformers_5_writes=False) -> None:
    folder = fixture(f"family-{name}")
    write_json(folder / "config.json", config)
    model = randomise_(AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder), dtype=torch.float32),
                       seed, scale=0.15)
    if as_transformers_5_writes:
        model.save_pretrained(folder)
    else:
        store(folder, config, model)
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    adapted = with_adapter(base, seed + 1, f"family-{name}")
    save_adapter(adapted, folder / "adapter")
    write_answers(folder, {"base": base, "adapter": adapted}, documents(config["vocab_size"], seed + 2))
    write_manifest(folder, what, PACKAGES, seed, numbersFrom=f"transformers {type(base).__name__}")


if __name__ == "__main__":
    family("yi", "A Llama with 4 query heads to 1 key-value head, rope_theta 5e6, in bf16, old config keys.", YI, SEED)
    family("mistral", "head_dim 8 where hidden / heads is 10; sliding_window null; in bf16, old config keys.",
           MISTRAL, SEED + 10)
    family("qwen2", "Biases on q, k and v that are not zero, tied embeddings, a sliding window that is switched off; in "
                    "bf16, old config keys.", QWEN2, SEED + 20)
    family("qwen3", "Norms of q and k per head with weights that are not 1, head_dim 16 where hidden / heads is 8, tied "
                    "embeddings; in f32, config.json with the keys of transformers 5 (rope_parameters, dtype).",
           QWEN3, SEED + 30, as_transformers_5_writes=True)
