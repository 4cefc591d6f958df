"""Tiny random Llama checkpoints with the logits, losses, LoRA gradients and AdamW steps of the real libraries."""
from common import fixture, write_json, write_manifest

from answers import PACKAGES, documents, randomise_, save_adapter, torch, with_adapter, write_answers, write_logits

import json
from pathlib import Path

from transformers import LlamaConfig, LlamaForCausalLM

SEED = 20240607


def config(**changes) -> LlamaConfig:
    return LlamaConfig(**{
        "vocab_size": 512, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "rms_norm_eps": 1e-5,
        "max_position_embeddings": 256, "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
        "tie_word_embeddings": False, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2,
        "attn_implementation": "eager", "dtype": "float32", **changes})


def random_model(cfg: LlamaConfig, seed: int) -> LlamaForCausalLM:
    return randomise_(LlamaForCausalLM(cfg), seed)


def tiny_llama() -> LlamaForCausalLM:
    folder = fixture("tiny-llama")
    base = random_model(config(), SEED)
    base.save_pretrained(folder)
    adapted = with_adapter(base, SEED + 2, "tiny-llama")
    rslora = with_adapter(base, SEED + 3, "tiny-llama", use_rslora=True)
    query_value = with_adapter(base, SEED + 4, "tiny-llama", target_modules=["q_proj", "v_proj"])
    for name, model in ("adapter", adapted), ("adapter-rslora", rslora), ("adapter-qv", query_value):
        save_adapter(model, folder / name)
    write_answers(folder, {"base": base, "adapter": adapted, "rslora": rslora, "qv": query_value},
                  documents(512, SEED + 1))
    write_manifest(folder, "A random Llama with LoRA adapters saved by PEFT; logits, losses, gradients and five AdamW "
                           "steps on two documents. Loss = sum of NLL over the targets of both documents / number of "
                           "targets.", PACKAGES, SEED)
    return base


def hub_style(folder: Path) -> None:
    """config.json as repositories on the hub hold it: transformers 5 renamed these keys."""
    path = folder / "config.json"
    found = json.loads(path.read_text())
    rope = found.pop("rope_parameters")
    found["rope_theta"] = rope.pop("rope_theta")
    found["rope_scaling"] = None if rope["rope_type"] == "default" else rope
    found["torch_dtype"] = found.pop("dtype")
    write_json(path, dict(sorted(found.items())), indent=2)


def sharded(base: LlamaForCausalLM) -> None:
    """Same weights as tiny-llama, but tied and rounded to bf16; expected values computed in f32 from those."""
    folder = fixture("tiny-llama-sharded")
    model = LlamaForCausalLM(config(tie_word_embeddings=True, dtype="bfloat16")).to(torch.bfloat16).eval()
    model.load_state_dict({k: v for k, v in base.state_dict().items() if k != "lm_head.weight"}, strict=False)
    model.tie_weights()
    model.save_pretrained(folder, max_shard_size="80KB")
    hub_style(folder)
    assert (folder / "model.safetensors.index.json").exists()
    reloaded = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    write_logits(folder, reloaded, documents(512, SEED + 1))
    write_manifest(folder, "tiny-llama's weights tied, in bf16, in several shards, with hub-style config keys; logits "
                           "computed in f32 from the bf16 weights.", PACKAGES, SEED)


def variant(name: str, what: str, seed: int, **changes) -> None:
    folder = fixture(name)
    model = random_model(config(vocab_size=128, num_hidden_layers=1, **changes), seed)
    model.save_pretrained(folder)
    hub_style(folder)
    write_logits(folder, model, documents(128, seed + 1, (40,)))
    write_manifest(folder, what, PACKAGES, seed)


if __name__ == "__main__":
    sharded(tiny_llama())
    variant("tiny-llama-headdim", "head_dim 32 where hidden / heads is 16; logits only.", SEED + 10, head_dim=32)
    variant("tiny-llama-rope3", "rope_scaling of type llama3, with frequencies in all three bands; logits only.",
            SEED + 20, rope_parameters={
                "rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0,
                "high_freq_factor": 4.0, "original_max_position_embeddings": 64})
