"""Tiny random Llama checkpoints with the logits, losses, LoRA gradients and AdamW steps of the real libraries."""
from common import fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import copy
import json
from pathlib import Path

import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

SEED = 20240607
PACKAGES = ["torch", "transformers", "peft", "safetensors"]
DOCUMENT_LENGTHS = (7, 12)
# 1 = the token is a training target. A first token never is: nothing predicts it.
TARGETS = [[0, 0, 0, 1, 1, 0, 1], [0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1]]
ADAMW = {"lr": 1e-2, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}


def config(**changes) -> LlamaConfig:
    return LlamaConfig(**{
        "vocab_size": 512, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "rms_norm_eps": 1e-5,
        "max_position_embeddings": 256, "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
        "tie_word_embeddings": False, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2,
        "attn_implementation": "eager", "dtype": "float32", **changes})


def random_model(cfg: LlamaConfig, seed: int) -> LlamaForCausalLM:
    """Larger weights than the default initialisation, so that a wrong head or rotation shows in the logits."""
    generator = torch.Generator().manual_seed(seed)
    model = LlamaForCausalLM(cfg).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            p.copy_(1 + 0.2 * noise if "norm" in name else 0.08 * noise)
    return model


def random_lora_(model, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for _, p in lora_parameters(model):
            p.copy_(0.1 * torch.randn(p.shape, generator=generator))


def lora_parameters(model):
    return [(n.replace(".default", ""), p) for n, p in model.named_parameters() if "lora_" in n]


def documents(vocab: int, seed: int, lengths=DOCUMENT_LENGTHS) -> list[list[int]]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(3, vocab, (n,), generator=generator).tolist() for n in lengths]


def all_targets(docs):
    return [[0] + [1] * (len(d) - 1) for d in docs]


def logits_of(model, ids: list[int]):
    return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]


def packed_logits(model, docs):
    """All documents in one row: transformers derives the document mask from positions that restart."""
    ids = torch.tensor([[t for d in docs for t in d]])
    positions = torch.tensor([[i for d in docs for i in range(len(d))]])
    return model(input_ids=ids, position_ids=positions, use_cache=False).logits[0]


def nll(logits, ids, targets):
    """Negative log likelihood summed over the targets of one document."""
    keep = torch.tensor(targets[1:], dtype=torch.bool)
    return F.cross_entropy(logits[:-1][keep], torch.tensor(ids[1:])[keep], reduction="sum")


def loss_of(model, docs, targets, packed=False):
    rows = packed_logits(model, docs).split([len(d) for d in docs]) if packed else [logits_of(model, d) for d in docs]
    total = sum(nll(r, d, t) for r, d, t in zip(rows, docs, targets))
    return total / sum(map(sum, targets))


def loss_summary(model, docs, targets) -> dict:
    with torch.no_grad():
        mean, n = loss_of(model, docs, targets).item(), sum(map(sum, targets))
        per_document = [nll(logits_of(model, d), d, t).item() for d, t in zip(docs, targets)]
    return {"mean": mean, "sum": sum(per_document), "targets": n, "sumPerDocument": per_document}


def gradients(model, docs, targets, packed=False) -> dict:
    model.zero_grad()
    loss_of(model, docs, targets, packed).backward()
    found = {name: p.grad.clone() for name, p in lora_parameters(model)}
    model.zero_grad()
    return found


def train(model, docs, targets, steps: int, max_norm: float | None):
    """The loop a trainer runs, on the same batch every step. max_norm None = no clipping."""
    parameters = [p for _, p in lora_parameters(model)]
    optimizer = torch.optim.AdamW(parameters, **ADAMW)
    log = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(model, docs, targets)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm if max_norm else float("inf"))
        optimizer.step()
        log.append({"loss": loss.item(), "gradNorm": norm.item()})
    return log, {name: p.detach().clone() for name, p in lora_parameters(model)}


def with_adapter(base, seed: int, **changes):
    model = get_peft_model(copy.deepcopy(base), LoraConfig(**{
        "r": 4, "lora_alpha": 8, "lora_dropout": 0.0, "target_modules": "all-linear", "task_type": "CAUSAL_LM",
        **changes}))
    model.peft_config["default"].base_model_name_or_path = "tiny-llama"
    random_lora_(model, seed)
    return model.eval()


def save_adapter(model, folder: Path) -> None:
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)


def detached(tensors: dict) -> dict:
    return {k: v.detach().float().contiguous() for k, v in tensors.items()}


def largest_difference(a: dict, b: dict) -> float:
    return max((a[k].double() - b[k].double()).abs().max().item() for k in a)


def tiny_llama() -> LlamaForCausalLM:
    folder = fixture("tiny-llama")
    base = random_model(config(), SEED)
    base.save_pretrained(folder)
    docs = documents(512, SEED + 1)
    everything = all_targets(docs)

    adapted = with_adapter(base, SEED + 2)
    rslora = with_adapter(base, SEED + 3, use_rslora=True)
    query_value = with_adapter(base, SEED + 4, target_modules=["q_proj", "v_proj"])
    for name, model in ("adapter", adapted), ("adapter-rslora", rslora), ("adapter-qv", query_value):
        save_adapter(model, folder / name)

    tensors = {}
    with torch.no_grad():
        for name, model in ("base", base), ("adapter", adapted), ("rslora", rslora), ("qv", query_value):
            for i, d in enumerate(docs):
                tensors[f"{name}.logits.{i}"] = logits_of(model, d)
            tensors[f"{name}.logits.packed"] = packed_logits(model, docs)
    for name, targets in ("all", everything), ("masked", TARGETS):
        for key, value in gradients(adapted, docs, targets).items():
            tensors[f"adapter.grad.{name}.{key}"] = value
    packed = gradients(adapted, docs, everything, packed=True)
    alone = gradients(adapted, docs, everything)
    for key, value in packed.items():
        tensors[f"adapter.grad.packed.{key}"] = value

    training = {}
    for name, max_norm in ("clipped", 1.0), ("unclipped", None):
        log, final = train(copy.deepcopy(adapted), docs, everything, 5, max_norm)
        _, in_double = train(copy.deepcopy(adapted).double(), docs, everything, 5, max_norm)
        training[name] = {"maxGradNorm": max_norm, "steps": log,
                          "finalDifferenceToFloat64": largest_difference(final, in_double)}
        for key, value in final.items():
            tensors[f"adapter.final.{name}.{key}"] = value

    save_file(detached(tensors), folder / "expected.safetensors")
    write_json(folder / "expected.json", {
        "documents": docs,
        "targetMasks": {"all": everything, "masked": TARGETS},
        "losses": {name: {mask: loss_summary(model, docs, targets)
                          for mask, targets in (("all", everything), ("masked", TARGETS))}
                   for name, model in (("base", base), ("adapter", adapted), ("rslora", rslora), ("qv", query_value))},
        "packedAdapterLoss": loss_of(adapted, docs, everything, packed=True).item(),
        "packedGradientDifference": largest_difference(packed, alone),
        "adamw": {"learningRate": 1e-2, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.01},
        "training": training,
    }, indent=1)
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
    logits_only(folder, reloaded, documents(512, SEED + 1))
    write_manifest(folder, "tiny-llama's weights tied, in bf16, in several shards, with hub-style config keys; logits "
                           "computed in f32 from the bf16 weights.", PACKAGES, SEED)


def logits_only(folder: Path, model, docs) -> None:
    with torch.no_grad():
        save_file(detached({f"base.logits.{i}": logits_of(model, d) for i, d in enumerate(docs)}),
                  folder / "expected.safetensors")
    write_json(folder / "expected.json", {
        "documents": docs, "targetMasks": {"all": all_targets(docs)},
        "losses": {"base": {"all": loss_summary(model, docs, all_targets(docs))}}}, indent=1)


def variant(name: str, what: str, seed: int, **changes) -> None:
    folder = fixture(name)
    model = random_model(config(vocab_size=128, num_hidden_layers=1, **changes), seed)
    model.save_pretrained(folder)
    hub_style(folder)
    logits_only(folder, model, documents(128, seed + 1, (40,)))
    write_manifest(folder, what, PACKAGES, seed)


if __name__ == "__main__":
    sharded(tiny_llama())
    variant("tiny-llama-headdim", "head_dim 32 where hidden / heads is 16; logits only.", SEED + 10, head_dim=32)
    variant("tiny-llama-rope3", "rope_scaling of type llama3, with frequencies in all three bands; logits only.",
            SEED + 20, rope_parameters={
                "rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0,
                "high_freq_factor": 4.0, "original_max_position_embeddings": 64})
