"""Logits, LoRA gradients and training steps in float16, as transformers trains with fp16=True: weights in float16, the
adapter in float32 under autocast, the loss scaled by torch.amp.GradScaler. (Accelerate refuses fp16 without a GPU, so
its few lines around PyTorch stand in `steps`.)"""
from common import FIXTURES, fixture, write_json, write_manifest

from answers import (PACKAGES, all_targets, detached, logits_of, lora_parameters, nll, torch)

import json
from pathlib import Path

from peft import PeftModel
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, get_cosine_schedule_with_warmup

MODELS = ["tiny-llama", "family-mistral", "family-qwen2", "family-qwen3"]
# Large enough that no gradient vanishes, small enough that none overflows.
FIXED_SCALE = 1024.0
# One run overflows in its first five steps, one grows in its sixth.
OVERFLOWS, GROWS = 5, {"scale": 2.0 ** 13, "growthTracker": 1994}
STEPS = 12
RECIPE = {"lr": 1e-2, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}


def adapted(name: str):
    base = AutoModelForCausalLM.from_pretrained(FIXTURES / name, dtype=torch.float16, attn_implementation="eager")
    model = PeftModel.from_pretrained(base, FIXTURES / name / "adapter", is_trainable=True).eval()
    assert all(p.dtype == torch.float32 for _, p in lora_parameters(model))
    return model


def autocast():
    return torch.autocast("cpu", dtype=torch.float16)


def mean_loss(model, docs):
    """Targets: everything but first tokens. The loss in float32, as accelerate hands logits out."""
    targets = all_targets(docs)
    with autocast():
        logits = [logits_of(model, d) for d in docs]
    total = sum(nll(row.float(), d, t) for row, d, t in zip(logits, docs, targets))
    return total / sum(map(sum, targets))


def gradients(model, docs) -> dict:
    model.zero_grad()
    (mean_loss(model, docs) * FIXED_SCALE).backward()
    found = {name: p.grad / FIXED_SCALE for name, p in lora_parameters(model)}
    model.zero_grad()
    return found


def overflowing(model, docs) -> dict:
    """A scale that the first gradients bear after halving it five times, no sooner. How large they are in between depends
    on the order of operations, so the fourth half is as far above what they bear as the fifth is below."""
    low, high = 1.0, 2.0 ** 40
    while high / low > 1.001:
        middle = (low * high) ** 0.5
        model.zero_grad()
        (mean_loss(model, docs) * middle).backward()
        finite = all(torch.isfinite(p.grad).all() for _, p in lora_parameters(model))
        low, high = (middle, high) if finite else (low, middle)
    model.zero_grad()
    return {"scale": float(round(low * 2 ** (OVERFLOWS - 0.5))), "growthTracker": 1990}


def steps(model, docs, scale: float, growthTracker: int) -> list[dict]:
    """Trainer's loop: a step that the scaler skips moves neither AdamW nor the schedule."""
    parameters = [p for _, p in lora_parameters(model)]
    optimizer = torch.optim.AdamW(parameters, **RECIPE)
    schedule = get_cosine_schedule_with_warmup(optimizer, 2, STEPS)
    scaler = torch.amp.GradScaler("cpu", init_scale=scale)
    scaler.load_state_dict({**scaler.state_dict(), "scale": scale, "_growth_tracker": growthTracker})
    log = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = mean_loss(model, docs)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        norm = torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        before, rate = scaler.get_scale(), schedule.get_last_lr()[0]
        scaler.step(optimizer)
        scaler.update()
        skipped = scaler.get_scale() < before
        if not skipped:
            schedule.step()
        log.append({"loss": loss.item(), "gradNorm": None if skipped else norm.item(), "learningRate": rate,
                    "skipped": skipped, "scale": scaler.get_scale(),
                    "growthTracker": scaler.state_dict()["_growth_tracker"]})
    return log


def main() -> None:
    folder = fixture("float16")
    tensors, runs = {}, {}
    for name in MODELS:
        docs = json.loads(Path(FIXTURES / name / "expected.json").read_text())["documents"]
        model = adapted(name)
        with torch.no_grad(), autocast():
            for i, d in enumerate(docs):
                tensors[f"{name}.logits.{i}"] = logits_of(model, d)
        for key, value in gradients(model, docs).items():
            tensors[f"{name}.grad.{key}"] = value
        for run, start in ("overflows", overflowing(model, docs)), ("grows", GROWS):
            log = steps(adapted(name), docs, **start)
            assert [s["skipped"] for s in log] == [run == "overflows" and i < OVERFLOWS for i in range(STEPS)]
            runs[f"{name}.{run}"] = {"start": start, "steps": log}
    save_file(detached(tensors), folder / "expected.safetensors")
    write_json(folder / "expected.json", {
        "fixedScale": FIXED_SCALE,
        "runs": runs})
    write_manifest(folder, "Adapters of other fixtures in float16 on a CPU: logits, gradients at a fixed loss scale, and "
                           "steps of AdamW under GradScaler.", PACKAGES)


if __name__ == "__main__":
    main()
