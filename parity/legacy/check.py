"""Ties an independent writing to a real implementation: same logits, same gradients of every weight."""
import torch

from answers import all_targets, logits_of, nll


def _answer(model, docs, forward):
    model.zero_grad()
    logits = [forward(model, d) for d in docs]
    sum(nll(row, d, t) for row, d, t in zip(logits, docs, all_targets(docs))).backward()
    found = {name: p.grad.clone() for name, p in model.named_parameters()}
    model.zero_grad()
    return torch.cat(logits).detach(), found


def relative(found, expected) -> float:
    """Largest difference over the largest expected value."""
    return ((found - expected).abs().max() / expected.abs().max()).item()


def same_as(real, ours, remap, docs, forward=logits_of, skip=()) -> dict:
    """Asserts that `real`, given our weights, gives our logits and gradients; says how far they are apart.

    `remap` turns our state dict into the real one. As it only splits, joins and renames, it maps gradients too, except
    those of the real names in `skip`.
    """
    real.load_state_dict(remap(ours.state_dict()))
    real_logits, real_gradients = _answer(real.eval(), docs, forward)
    our_logits, our_gradients = _answer(ours, docs, logits_of)
    mapped = remap(our_gradients)
    far = {"logits": relative(our_logits, real_logits),
           "gradients": max(relative(mapped[k], g) for k, g in real_gradients.items() if k not in skip)}
    assert far["logits"] < 2e-6 and far["gradients"] < 2e-5, far
    return {"with": f"transformers {type(real).__name__}", **{k: f"{v:.0e}" for k, v in far.items()}}
