"""Adapters of PEFT beyond the plain one: patterns, modules_to_save, tied embeddings, bf16, merged models."""
from common import FIXTURES, fixture, write_json, write_manifest

from answers import PACKAGES, all_targets, detached, documents, logits_of, loss_of, torch

import json
from pathlib import Path

from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, PretrainedConfig

from legacy import baichuan, chatglm, qwen

SEED = 20241125
UNTIED, TIED = FIXTURES / "tiny-llama", FIXTURES / "tiny-llama-sharded"
LEGACY = {"baichuan": baichuan.Baichuan, "chatglm": chatglm.ChatGlm, "qwen": qwen.Qwen}
PATTERNS = {
    "target_modules": "all-linear",
    "rank_pattern": {"down_proj": 2, "layers.1.self_attn.q_proj": 8},
    "alpha_pattern": {"v_proj": 16, r"model\.layers\.0\.mlp\.(up|gate)_proj": 3},
}
ADAPTERS = {
    "patterns": (UNTIED, PATTERNS),
    "patterns-rslora": (UNTIED, {**PATTERNS, "use_rslora": True}),
    "regex": (UNTIED, {"target_modules": r"model\.layers\.1\.(mlp|self_attn)\.[qd].*"}),
    "whole": (UNTIED, {"target_modules": ["q_proj", "v_proj"], "modules_to_save": ["embed_tokens", "lm_head"]}),
    "head": (UNTIED, {"target_modules": ["layers.1.self_attn.q_proj"], "modules_to_save": ["lm_head"]}),
    "whole-tied": (TIED, {"target_modules": ["q_proj"], "modules_to_save": ["embed_tokens", "lm_head"]}),
    "embedding-tied": (TIED, {"target_modules": ["q_proj"], "modules_to_save": ["embed_tokens"]}),
    "qwen3": (FIXTURES / "family-qwen3", {
        "target_modules": "all-linear", "alpha_pattern": {"k_proj": 24}, "modules_to_save": ["lm_head"]}),
    "chatglm3": (FIXTURES / "family-chatglm3", {
        "target_modules": ["query_key_value", "dense", "dense_4h_to_h"], "rank_pattern": {"mlp.*": 2},
        "modules_to_save": ["word_embeddings", "output_layer"]}),
    "baichuan2-7b": (FIXTURES / "family-baichuan2-7b", {
        "target_modules": ["W_pack", "o_proj"], "modules_to_save": ["embed_tokens", "lm_head"]}),
    "qwen": (FIXTURES / "family-qwen", {
        "target_modules": ["c_attn", "c_proj", "w1", "w2"], "rank_pattern": {"mlp.c_proj": 2},
        "alpha_pattern": {"attn.c_proj": 2}, "modules_to_save": ["wte"]}),
}
MERGED = ["patterns", "whole", "embedding-tied", "chatglm3", "baichuan2-7b", "qwen"]


def base(folder: Path):
    config = json.loads((folder / "config.json").read_text())
    if config["model_type"] not in LEGACY:
        return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    model = LEGACY[config["model_type"]](PretrainedConfig(**config))
    weights = load_file(folder / "model.safetensors")
    model.load_state_dict({k: v.float() for k, v in weights.items() if "inv_freq" not in k})
    return model.eval()


def trainable(model) -> dict:
    """By the names that PEFT saves them under."""
    return {n.replace(".modules_to_save.default", "").replace(".default", ""): p
            for n, p in model.named_parameters() if p.requires_grad}


def made(folder: Path, seed: int, **changes):
    model = get_peft_model(base(folder), LoraConfig(**{
        "r": 4, "lora_alpha": 8, "lora_dropout": 0.0, "task_type": "CAUSAL_LM", **changes}))
    model.peft_config["default"].base_model_name_or_path = folder.name
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in trainable(model).items():
            noise = 0.1 * torch.randn(p.shape, generator=generator)
            p.copy_(noise if "lora_" in name else p + 0.3 * noise)
    return model.eval()


def save(model, folder: Path) -> None:
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    path = folder / "adapter_config.json"
    # Sets are written in hash order.
    found = json.loads(path.read_text())
    if isinstance(found["target_modules"], list):
        found["target_modules"].sort()
    write_json(path, found, indent=2)


def gradients(model, docs) -> dict:
    model.zero_grad()
    loss_of(model, docs, all_targets(docs)).backward()
    return {name: p.grad.clone() for name, p in trainable(model).items()}


def narrowed(adapter: Path, to: Path) -> None:
    """The same adapter in bf16, as trainers that hold their adapters so save it."""
    to.mkdir()
    tensors = {k: v.bfloat16() for k, v in load_file(adapter / "adapter_model.safetensors").items()}
    save_file(tensors, to / "adapter_model.safetensors", metadata={"format": "pt"})
    (to / "adapter_config.json").write_bytes((adapter / "adapter_config.json").read_bytes())


def as_torch_file(adapter: Path, to: Path) -> None:
    """The same adapter as PEFT saved it until 0.5."""
    to.mkdir()
    torch.save(load_file(adapter / "adapter_model.safetensors"), to / "adapter_model.bin")
    (to / "adapter_config.json").write_bytes((adapter / "adapter_config.json").read_bytes())


def merged(folder: Path, adapter: Path) -> dict:
    """Computed in f32, rounded once."""
    model = PeftModel.from_pretrained(base(folder), adapter).merge_and_unload()
    return {k: v.bfloat16().clone() for k, v in model.state_dict().items()}


if __name__ == "__main__":
    out = fixture("lora-adapters")
    docs = documents(128, SEED)
    tensors, bases = {}, {}
    for i, (name, (folder, config)) in enumerate(ADAPTERS.items()):
        model = made(folder, SEED + i, **config)
        save(model, out / name)
        bases[name] = folder.name
        with torch.no_grad():
            for d, ids in enumerate(docs):
                tensors[f"{name}.logits.{d}"] = logits_of(model, ids)
        for key, value in gradients(model, docs).items():
            tensors[f"{name}.grad.{key}"] = value
    narrowed(out / "patterns", out / "patterns-bf16")
    as_torch_file(out / "whole", out / "whole-bin")
    with torch.no_grad():
        reloaded = PeftModel.from_pretrained(base(UNTIED), out / "patterns-bf16").eval()
        for d, ids in enumerate(docs):
            tensors[f"patterns-bf16.logits.{d}"] = logits_of(reloaded, ids)
    bases["patterns-bf16"] = UNTIED.name

    for name in MERGED:
        save_file(merged(ADAPTERS[name][0], out / name), out / f"merged-{name}.safetensors")

    save_file(detached(tensors), out / "expected.safetensors")
    write_json(out / "expected.json", {"documents": docs, "targetMasks": {"all": all_targets(docs)}, "bases": bases},
               indent=None)
    write_manifest(out, "Adapters saved by PEFT on other fixtures' models (f32): logits and gradients of "
                        "the mean loss; merged-*: the state of merge_and_unload in f32, rounded to bf16.", PACKAGES, SEED)
