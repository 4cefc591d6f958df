"""The rule of torch.amp.GradScaler: scale and growth tracker after runs of steps with finite and infinite gradients."""
from common import fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import math
import random

SEED = 20261125
RUNS = 60
FINITE = [0, 1, 7, 1999, 2000, 2001, 4000, 4001]
OVERFLOWS = [1, 1, 1, 1, 2]


def state(scaler) -> dict:
    found = scaler.state_dict()
    return {"scale": found["scale"], "growthTracker": found["_growth_tracker"]}


def steps(scaler, optimizer, parameter, count: int, gradient: float) -> None:
    for _ in range(count):
        parameter.grad = torch.full_like(parameter, gradient)
        scaler.step(optimizer)
        scaler.update()


def main() -> None:
    draw = random.Random(SEED)
    parameter = torch.nn.Parameter(torch.zeros(2))
    optimizer = torch.optim.SGD([parameter], lr=0.0)
    scaler = torch.amp.GradScaler("cpu")
    scaler.scale(torch.zeros(()))  # makes the scale
    defaults = {**scaler.state_dict(), **state(scaler)}
    del defaults["_growth_tracker"]
    runs = []
    for i in range(RUNS):
        finite = draw.choice([*FINITE, draw.randrange(6000), draw.randrange(10000)])
        steps(scaler, optimizer, parameter, finite, 1.0)
        runs.append({"finite": True, "steps": finite, **state(scaler)})
        # Down to 1 and no further: there the trainer's rule ends.
        room = int(math.log2(scaler.get_scale()))
        overflows = room if i == RUNS - 1 else min(room, draw.choice(OVERFLOWS))
        steps(scaler, optimizer, parameter, overflows, draw.choice([float("inf"), float("-inf"), float("nan")]))
        runs.append({"finite": False, "steps": overflows, **state(scaler)})
    folder = fixture("loss-scale")
    write_json(folder / "expected.json", {"initial": defaults, "runs": runs})
    write_manifest(folder, "Scale and growth tracker of torch.amp.GradScaler after each run of steps with finite or "
                           "infinite gradients.", ["torch"], SEED)


if __name__ == "__main__":
    main()
