"""Adapters of PEFT beyond the plain one, on tiny-llama: patterns, modules_to_save, tied embeddings, bf16, merged."""
from common import FIXTURES, fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import json
from pathlib import Path

from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import LlamaForCausalLM

from tiny_llama import PACKAGES, all_targets, detached, documents, logits_of, loss_of

SEED = 20241125
UNTIED, TIED = FIXTURES / "tiny-llama", FIXTURES / "tiny-llama-sharded"
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
}
MERGED = {"patterns": torch.bfloat16, "whole": torch.bfloat16, "embedding-tied": torch.bfloat16}


def base(folder: Path, dtype=torch.float32) -> LlamaForCausalLM:
    return LlamaForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()


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


def merged(folder: Path, adapter: Path, dtype) -> LlamaForCausalLM:
    return PeftModel.from_pretrained(base(folder, dtype), adapter).merge_and_unload()


if __name__ == "__main__":
    out = fixture("lora-adapters")
    docs = documents(512, SEED)
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
    with torch.no_grad():
        reloaded = PeftModel.from_pretrained(base(UNTIED), out / "patterns-bf16").eval()
        for d, ids in enumerate(docs):
            tensors[f"patterns-bf16.logits.{d}"] = logits_of(reloaded, ids)
    bases["patterns-bf16"] = UNTIED.name

    for name, dtype in MERGED.items():
        model = merged(ADAPTERS[name][0], out / name, dtype)
        state = {k: v.clone() for k, v in model.state_dict().items()}
        save_file(state, out / f"merged-{name}.safetensors")

    save_file(detached(tensors), out / "expected.safetensors")
    write_json(out / "expected.json", {"documents": docs, "targetMasks": {"all": all_targets(docs)}, "bases": bases},
               indent=None)
    write_manifest(out, "Adapters saved by PEFT on tiny-llama and tiny-llama-sharded (f32): logits and gradients of "
                        "the mean loss; merged-*: the state of merge_and_unload on the base in bf16.", PACKAGES, SEED)
