"""Reads what a run has left in its output folder as its readers do, and compares it with metrics.jsonl.

TensorBoard's EventAccumulator reads tensorboard/, huggingface_hub the model card. Prints what was found; fails where a
value is missing, differs, or stands twice.
"""
import argparse
import json
from pathlib import Path

import numpy
from huggingface_hub import ModelCard
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def tag(name: str) -> str:
    return "eval/" + name.removeprefix("eval_") if name.startswith("eval_") else "train/" + name


def expected(metrics: Path) -> dict[str, list]:
    found = {}
    for line in metrics.read_text().splitlines():
        values = json.loads(line)
        step, epoch = values.pop("step"), values.pop("epoch")
        values.pop("time")
        values["eval_epoch" if "eval_loss" in values else "epoch"] = epoch
        for name, value in values.items():
            found.setdefault(tag(name), []).append((step, value))
    return found


def check_events(folder: Path, metrics: dict[str, list]) -> None:
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0}).Reload()
    assert sorted(events.Tags()["scalars"]) == sorted(metrics), (events.Tags()["scalars"], sorted(metrics))
    for name, points in metrics.items():
        read = [(event.step, event.value) for event in events.Scalars(name)]
        assert [step for step, _ in read] == [step for step, _ in points], (name, read)
        numpy.testing.assert_allclose([v for _, v in read],
                                      [float("nan") if v is None else v for _, v in points], rtol=1e-6)
        print(f"{name}: {len(points)} values, steps {points[0][0]} to {points[-1][0]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    output = parser.parse_args().output
    check_events(output / "tensorboard", expected(output / "metrics.jsonl"))
    card = ModelCard.load(output / "adapter/README.md")
    print(card.data.to_dict())
