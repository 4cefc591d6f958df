"""What a model answers on two documents: logits, losses, LoRA gradients and AdamW steps, written as a fixture.

A model here is anything that transformers' causal models are: `model(input_ids, position_ids, use_cache).logits`,
with documents of one row told apart by position ids that restart at 0.
"""
from common import single_threaded, write_json

torch = single_threaded()

import copy
from pathlib import Path

import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file

PACKAGES = ["torch", "transformers", "peft", "safetensors"]
DOCUMENT_LENGTHS = (7, 12)
# 1 = the token is a training target. A first token never is: nothing predicts it.
TARGETS = [[0, 0, 0, 1, 1, 0, 1], [0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1]]
ADAMW = {"lr": 1e-2, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}


def randomise_(model, seed: int, scale: float = 0.08):
    """Larger weights than the default initialisation, so that a wrong head or rotation shows in the logits."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if name.endswith("bias"):
                p.copy_(0.3 * noise)
            else:
                p.copy_(1 + 0.2 * noise if p.ndim == 1 else scale * noise)
    return model.eval()


def random_lora_(model, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for _, p in lora_parameters(model):
            p.copy_(0.1 * torch.randn(p.shape, generator=generator))


def lora_parameters(model):
    return [(n.replace(".default", ""), p) for n, p in model.named_parameters() if "lora_" in n]


def with_adapter(base, seed: int, name: str, **changes):
    model = get_peft_model(copy.deepcopy(base), LoraConfig(**{
        "r": 4, "lora_alpha": 8, "lora_dropout": 0.0, "target_modules": "all-linear", "task_type": "CAUSAL_LM",
        **changes}))
    model.peft_config["default"].base_model_name_or_path = name
    random_lora_(model, seed)
    return model.eval()


def save_adapter(model, folder: Path) -> None:
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)


def documents(vocab: int, seed: int, lengths=DOCUMENT_LENGTHS) -> list[list[int]]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randint(3, vocab, (n,), generator=generator).tolist() for n in lengths]


def all_targets(docs):
    return [[0] + [1] * (len(d) - 1) for d in docs]


def logits_of(model, ids: list[int]):
    return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]


def packed_logits(model, docs):
    """All documents in one row: the model derives the document mask from positions that restart."""
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


def detached(tensors: dict) -> dict:
    return {k: v.detach().float().contiguous() for k, v in tensors.items()}


def largest_difference(a: dict, b: dict) -> float:
    return max((a[k].double() - b[k].double()).abs().max().item() for k in a)


def write_answers(folder: Path, models: dict, docs) -> None:
    """expected.json and expected.safetensors of `models`, which has "base" and, with LoRA on it, "adapter"."""
    everything = all_targets(docs)
    masks = {"all": everything, "masked": TARGETS}
    adapted = models["adapter"]
    tensors = {}
    with torch.no_grad():
        for name, model in models.items():
            for i, d in enumerate(docs):
                tensors[f"{name}.logits.{i}"] = logits_of(model, d)
            tensors[f"{name}.logits.packed"] = packed_logits(model, docs)
    for name, targets in masks.items():
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
        "targetMasks": masks,
        "losses": {name: {mask: loss_summary(model, docs, targets) for mask, targets in masks.items()}
                   for name, model in models.items()},
        "packedAdapterLoss": loss_of(adapted, docs, everything, packed=True).item(),
        "packedGradientDifference": largest_difference(packed, alone),
        "adamw": {"learningRate": ADAMW["lr"], "beta1": 0.9, "beta2": 0.999, "epsilon": ADAMW["eps"],
                  "weightDecay": ADAMW["weight_decay"]},
        "training": training,
    }, indent=1)


def write_logits(folder: Path, model, docs, **more) -> None:
    """expected.json and expected.safetensors with base.logits.N only; `more` are further named tensors."""
    with torch.no_grad():
        logits = {f"base.logits.{i}": logits_of(model, d) for i, d in enumerate(docs)}
    save_file(detached({**logits, **more}), folder / "expected.safetensors")
    write_json(folder / "expected.json", {
        "documents": docs, "targetMasks": {"all": all_targets(docs)},
        "losses": {"base": {"all": loss_summary(model, docs, all_targets(docs))}}}, indent=1)
