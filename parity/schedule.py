"""Learning-rate multipliers of the schedules in transformers, and how it rounds a warm-up ratio."""
from common import fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import tempfile

from transformers import TrainingArguments, get_scheduler

# The name in the SFTJob, the name in transformers, arguments of both.
SCHEDULES = [
    ("Linear", "linear", {}, {}),
    ("Cosine", "cosine", {}, {}),
    ("CosineWithMinLr", "cosine_with_min_lr", {"minimum": 0.1}, {"min_lr": 0.1}),
    ("CosineWithRestarts", "cosine_with_restarts", {}, {}),
    ("CosineWithRestarts", "cosine_with_restarts", {"cycles": 3}, {"num_cycles": 3}),
    ("Constant", "constant", {}, {}),
    ("ConstantWithWarmup", "constant_with_warmup", {}, {}),
    ("Polynomial", "polynomial", {"minimum": 1e-7}, {}),
    ("Polynomial", "polynomial", {"minimum": 0.1, "power": 2.5}, {"lr_end": 0.1, "power": 2.5}),
    ("InverseSqrt", "inverse_sqrt", {}, {}),
]
WARMUP_AND_TOTAL = [(0, 1), (0, 10), (1, 10), (3, 10), (10, 10), (0, 37), (5, 37), (12, 100), (15, 10)]
RATIOS_AND_TOTALS = [(0.0, 10), (0.03, 10), (0.03, 100), (0.03, 101), (0.1, 1), (0.1, 10), (0.1, 11), (0.1, 30),
                     (0.07, 100), (0.1, 1000), (0.3, 10), (0.5, 7), (0.06, 333), (0.99, 10)]


def multipliers(name: str, arguments: dict, warmup: int, total: int) -> list[float]:
    """The factor on the learning rate in force during step 0, 1, … and two steps past the end."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = get_scheduler(name, optimizer, warmup, total, arguments)
    found = []
    for _ in range(total + 2):
        found.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return found


def possible(name: str, warmup: int, total: int) -> bool:
    """transformers' polynomial divides by the steps after warm-up, and its constant schedule has no warm-up."""
    return not (name == "polynomial" and warmup == total or name == "constant" and warmup > 0)


def warmup_steps(ratio: float, total: int) -> int:
    with tempfile.TemporaryDirectory() as out:
        return TrainingArguments(output_dir=out, warmup_steps=ratio, use_cpu=True).get_warmup_steps(total)


if __name__ == "__main__":
    folder = fixture("schedule")
    write_json(folder / "expected.json", {
        "schedules": [{"name": ours, "warmup": w, "total": t, **fields, "multipliers": multipliers(name, arguments, w, t)}
                      for ours, name, fields, arguments in SCHEDULES for w, t in WARMUP_AND_TOTAL if possible(name, w, t)],
        "warmupRatios": [{"ratio": r, "total": t, "warmup": warmup_steps(r, t)} for r, t in RATIOS_AND_TOTALS],
    })
    write_manifest(folder, "multipliers[i] is the factor on the learning rate in step i (0-based). A warm-up ratio is "
                           "TrainingArguments.warmup_steps < 1, rounded up in floating point.",
                   ["transformers", "torch"])
