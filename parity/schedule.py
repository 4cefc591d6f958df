"""Learning-rate multipliers of the schedules in transformers, and how it rounds a warm-up ratio."""
from common import fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import tempfile

from transformers import TrainingArguments, get_cosine_schedule_with_warmup, get_linear_schedule_with_warmup

SCHEDULES = {"linear": get_linear_schedule_with_warmup, "cosine": get_cosine_schedule_with_warmup}
WARMUP_AND_TOTAL = [(0, 1), (0, 10), (1, 10), (3, 10), (10, 10), (0, 37), (5, 37), (12, 100), (15, 10)]
RATIOS_AND_TOTALS = [(0.0, 10), (0.03, 10), (0.03, 100), (0.03, 101), (0.1, 1), (0.1, 10), (0.1, 11), (0.1, 30),
                     (0.07, 100), (0.1, 1000), (0.3, 10), (0.5, 7), (0.06, 333), (0.99, 10)]


def multipliers(schedule, warmup: int, total: int) -> list[float]:
    """The factor on the learning rate in force during step 0, 1, … and two steps past the end."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = schedule(optimizer, num_warmup_steps=warmup, num_training_steps=total)
    found = []
    for _ in range(total + 2):
        found.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return found


def warmup_steps(ratio: float, total: int) -> int:
    with tempfile.TemporaryDirectory() as out:
        return TrainingArguments(output_dir=out, warmup_steps=ratio, use_cpu=True).get_warmup_steps(total)


if __name__ == "__main__":
    folder = fixture("schedule")
    write_json(folder / "expected.json", {
        "schedules": [{"name": name, "warmup": w, "total": t, "multipliers": multipliers(schedule, w, t)}
                      for name, schedule in SCHEDULES.items() for w, t in WARMUP_AND_TOTAL],
        "warmupRatios": [{"ratio": r, "total": t, "warmup": warmup_steps(r, t)} for r, t in RATIOS_AND_TOTALS],
    })
    write_manifest(folder, "multipliers[i] is the factor on the learning rate in step i (0-based). A warm-up ratio is "
                           "TrainingArguments.warmup_steps < 1, rounded up in floating point.",
                   ["transformers", "torch"])
