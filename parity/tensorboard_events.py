"""Event files of a run that was killed and went on, written by TensorBoard's own library, and what it reads from them.

The run: killed after step 4 with a checkpoint of step 2, saved before that step's evaluation. The second process says
with a session's start where it begins, and repeats what stays of the checkpoint's own step.
"""
from common import fixture, write_json, write_manifest

import math
from datetime import datetime, timedelta, timezone

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

TIME = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=timezone.utc)


def wall_time(step: int) -> float:
    return (TIME + timedelta(seconds=step)).timestamp()


def scalars(step: int, values: dict[str, float]) -> Event:
    return Event(wall_time=wall_time(step), step=step, summary=Summary(
        value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()]))


def training(step: int) -> Event:
    return scalars(step, {"train/epoch": step * 0.1, "train/loss": 1 / step, "train/grad_norm": 0.5,
                          "train/learning_rate": 2e-4, "train/num_tokens": 1000 * step,
                          "train/tokens_per_second": 5120.5})


def evaluation(step: int, loss: float) -> Event:
    return scalars(step, {"eval/epoch": step * 0.1, "eval/loss": loss, "eval/perplexity": math.exp(loss),
                          "eval/mean_token_accuracy": 0.625, "eval/entropy": 1.5})


def write(folder, second: int, attempt: int, step: int, events: list[Event]) -> None:
    name = f"events.out.tfevents.{int(TIME.timestamp()) + second}.sft.{attempt}"
    with (folder / name).open("wb") as file:
        records = RecordWriter(file)
        begin = [Event(wall_time=wall_time(0), file_version="brain.Event:2"),
                 Event(wall_time=wall_time(0), step=step, session_log=SessionLog(status=SessionLog.START))]
        for event in begin + events:
            records.write(event.SerializeToString())


def read(folder) -> dict:
    accumulator = EventAccumulator(str(folder)).Reload()
    return {tag: [[event.step, event.value] for event in accumulator.Scalars(tag)]
            for tag in accumulator.Tags()["scalars"]}


if __name__ == "__main__":
    folder = fixture("tensorboard")
    write(folder, 0, 1, 0, [training(1), training(2), evaluation(2, 0.9), training(3), training(4), evaluation(4, 0.8)])
    write(folder, 1, 2, 2, [training(2), evaluation(2, 0.9), training(3)])
    found = read(folder)
    assert [step for step, _ in found["train/loss"]] == [1, 2, 3], found
    assert [step for step, _ in found["eval/loss"]] == [2], found
    write_json(folder / "read.json", found)
    write_manifest(folder, "event files of two processes, and read.json: what EventAccumulator makes of them, "
                           "[step, value] by tag", ["tensorboard", "protobuf"])
