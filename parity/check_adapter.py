"""Loads an adapter with PEFT on its base model; prints the mean loss over token ids and the logits of a prompt.

The jsonl holds one {"input_ids": [...], "labels": [...]} per line; labels are optional, -100 is no target, and as in
Hugging Face's form labels stand at the token's own position (the model shifts them).
"""
import argparse
import json
from pathlib import Path

import torch
from peft import PeftModel

from answers import logits_of, nll
from models import load_model


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path, help="folder, or .gguf file")
    parser.add_argument("adapter", type=Path)
    parser.add_argument("--data", type=Path, help="jsonl of token ids")
    parser.add_argument("--prompt", type=json.loads, help="token ids as a JSON list")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--save-logits", type=Path, help="write base.logits and adapter.logits as safetensors")
    return parser.parse_args()


def mean_loss(model, rows: list[dict]) -> dict:
    masks = [[int(i > 0 and t != -100) for i, t in enumerate(row.get("labels") or row["input_ids"])] for row in rows]
    with torch.no_grad():
        total = sum(nll(logits_of(model, row["input_ids"]).float(), row["input_ids"], mask).item()
                    for row, mask in zip(rows, masks))
    return {"mean": total / sum(map(sum, masks)), "targets": sum(map(sum, masks))}


def both(model, compute) -> dict:
    """With the adapter, and without it."""
    adapted = compute(model)
    with model.disable_adapter():
        return {"base": compute(model), "adapter": adapted}


def last_position(logits) -> dict:
    values, ids = logits[-1].topk(5)
    return {"top5": list(zip(ids.tolist(), values.tolist())), "norm": logits[-1].norm().item()}


if __name__ == "__main__":
    args = arguments()
    model = PeftModel.from_pretrained(load_model(args.base, getattr(torch, args.dtype)), args.adapter).eval()
    report = {"loraParameters": sum(p.numel() for n, p in model.named_parameters() if "lora_" in n)}
    if args.data:
        rows = [json.loads(line) for line in args.data.read_text().splitlines() if line.strip()]
        report["loss"] = both(model, lambda m: mean_loss(m, rows))
    if args.prompt:
        with torch.no_grad():
            logits = both(model, lambda m: logits_of(m, args.prompt).float())
        report["logits"] = {k: last_position(v) for k, v in logits.items()}
        if args.save_logits:
            from safetensors.torch import save_file
            save_file({f"{k}.logits": v.contiguous() for k, v in logits.items()}, args.save_logits)
    print(json.dumps(report))
