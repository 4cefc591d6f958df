"""Baichuan 2's loss with its z-loss: the mean over targets of the negative log-likelihood, plus z_loss_weight times the
mean, over all positions but the last, of the largest logit's square (what its modeling_baichuan.py adds to the loss).
The model, adapter and documents are those of family-baichuan2-7b; legacy_peers.py asks the vendor's code for the loss.
"""
from common import FIXTURES, fixture, write_json, write_manifest

from answers import PACKAGES, detached, logits_of, lora_parameters, torch

import json
from pathlib import Path

import torch.nn.functional as F
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import PretrainedConfig

from legacy import baichuan
from legacy.configs import BAICHUAN2_7B

WEIGHT = 0.05
OF = FIXTURES / "family-baichuan2-7b"


def loss_of(logits, ids: list[int], targets: list[int]):
    shifted = logits[:-1]
    labels = torch.tensor([t if learn else -100 for t, learn in zip(ids[1:], targets[1:])])
    z_loss = (shifted.max(-1).values ** 2).mean()
    return F.cross_entropy(shifted, labels) + WEIGHT * z_loss


def main() -> None:
    answers = json.loads((OF / "expected.json").read_text())
    base = baichuan.Baichuan(PretrainedConfig(**BAICHUAN2_7B))
    base.load_state_dict({k: v.float() for k, v in load_file(OF / "model.safetensors").items()})
    model = PeftModel.from_pretrained(base, OF / "adapter", is_trainable=True).eval()
    losses, gradients = {}, {}
    for mask, targets in answers["targetMasks"].items():
        losses[mask] = []
        for i, ids in enumerate(answers["documents"]):
            model.zero_grad()
            loss = loss_of(logits_of(model, ids), ids, targets[i])
            loss.backward()
            losses[mask].append(loss.item())
            gradients.update({f"{mask}.{i}.{name}": p.grad.clone() for name, p in lora_parameters(model)})
    folder: Path = fixture("z-loss")
    write_json(folder / "expected.json", {"zLossWeight": WEIGHT, "losses": losses}, indent=1)
    save_file(detached(gradients), folder / "expected.safetensors")
    write_manifest(folder, "Losses and LoRA gradients of family-baichuan2-7b with a z_loss_weight.", PACKAGES,
                   numbersFrom="an independent PyTorch writing of the published loss")


if __name__ == "__main__":
    main()
