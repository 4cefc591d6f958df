"""Files of torch.save as checkpoints on the hub are, and odd ones; what each holds stands beside it as safetensors."""
from common import fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import pickle
import re
import zipfile
from collections import OrderedDict
from pathlib import Path

from safetensors.torch import save_file
from torch import nn

SEED = 20241104


def tensors() -> OrderedDict:
    """A state dict with every dtype and every way in which tensors share or stride over a storage."""
    generator = torch.Generator().manual_seed(SEED)

    def random(*shape):
        return torch.randn(*shape, generator=generator)

    tied = random(6, 4)
    wide = random(4, 10)
    return OrderedDict([
        ("f32.weight", random(3, 5)),
        ("f16.weight", random(3, 5).half()),
        ("bf16.weight", random(3, 5).bfloat16()),
        ("f64.weight", random(2, 3).double()),
        ("i64.position_ids", torch.arange(7).unsqueeze(0)),
        ("i32.ids", torch.tensor([-1, 2, 2**31 - 1], dtype=torch.int32)),
        ("i16.ids", torch.tensor([-300, 300], dtype=torch.int16)),
        ("i8.ids", torch.tensor([-128, 0, 127], dtype=torch.int8)),
        ("u8.ids", torch.tensor([0, 255], dtype=torch.uint8)),
        ("bool.mask", torch.tensor([[True, False], [False, True]])),
        ("scalar", torch.tensor(0.25)),
        ("empty", torch.empty(0, 4)),
        ("embed.weight", tied),
        ("lm_head.weight", tied),
        ("transposed.weight", random(4, 6).t()),
        ("permuted.weight", random(2, 3, 4).permute(2, 0, 1)),
        ("rows.weight", wide[1:3]),
        ("columns.weight", wide[:, 3:7]),
        ("every_other.weight", wide[:, ::2]),
        ("expanded.weight", random(1, 4).expand(3, 4)),
        ("same_storage_half.weight", tied.view(-1)[12:].view(3, 4)),
    ])


def expect(path: Path, state: dict) -> None:
    save_file({k: v.detach().clone(memory_format=torch.contiguous_format) for k, v in state.items()}, path)


class SmallModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 6), nn.Linear(6, 4, bias=False)
        self.register_buffer("steps", torch.tensor(3))


def state_dict() -> OrderedDict:
    """A module's own state_dict(): an OrderedDict that also carries an attribute, _metadata."""
    torch.manual_seed(SEED + 1)
    return SmallModel().state_dict()


def single(folder: Path) -> None:
    state = tensors()
    torch.save(state, folder / "pytorch_model.bin")
    expect(folder / "single.safetensors", state)


def with_metadata(folder: Path) -> None:
    state = state_dict()
    assert state._metadata
    torch.save(state, folder / "state_dict.bin")
    torch.save({k: nn.Parameter(v, requires_grad=v.is_floating_point()) for k, v in state.items()},
               folder / "parameters.bin")
    expect(folder / "state_dict.safetensors", state)


def sharded(folder: Path) -> None:
    folder = folder / "sharded"
    folder.mkdir()
    state, of = tensors(), {}
    shared = {"embed.weight", "lm_head.weight", "same_storage_half.weight"}
    parts = {k: v for k, v in state.items() if k in shared}, {k: v for k, v in state.items() if k not in shared}
    for i, part in enumerate(parts):
        file = f"pytorch_model-{i + 1:05d}-of-{len(parts):05d}.bin"
        torch.save(part, folder / file)
        of.update(dict.fromkeys(part, file))
    write_json(folder / "pytorch_model.bin.index.json", {
        "metadata": {"total_size": sum(t.numel() * t.element_size() for t in state.values())},
        "weight_map": dict(sorted(of.items()))}, indent=2)


class Call:
    """Pickles as a call of a function: what a hostile checkpoint does. This one only prints."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def refused(folder: Path) -> None:
    """Files that a reader of tensors and plain containers may refuse; torch's own (weights_only) reads legacy.bin."""
    without_zip(folder / "legacy.bin")
    torch.save(state_dict(), folder / "protocol4.bin", pickle_protocol=4)
    torch.save({"a.weight": torch.ones(2, 2), "b": Call(print, "a checkpoint ran code")}, folder / "hostile.bin")
    torch.save(SmallModel(), folder / "whole_module.bin")
    with open(folder / "plain_pickle.bin", "wb") as out:
        pickle.dump({"a.weight": [1.0, 2.0]}, out, protocol=2)
    whole = (folder / "state_dict.bin").read_bytes()
    (folder / "truncated.bin").write_bytes(whole[:len(whole) * 2 // 3])
    without_a_storage(folder / "state_dict.bin", folder / "missing_storage.bin")


def without_zip(path: Path) -> None:
    """The form before torch 1.6. It names a storage by its address; here by zeros, so that the bytes repeat."""
    torch.save({"second.weight": state_dict()["second.weight"]}, path, _use_new_zipfile_serialization=False)
    path.write_bytes(re.sub(rb"(?<=\0\0\0)\d{6,}", lambda address: b"0" * len(address[0]), path.read_bytes()))


def without_a_storage(source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as read, zipfile.ZipFile(target, "w") as write:
        for entry in read.infolist():
            if not entry.filename.endswith("/data/0"):
                write.writestr(zipfile.ZipInfo(entry.filename), read.read(entry))


if __name__ == "__main__":
    folder = fixture("torch-bin")
    single(folder)
    with_metadata(folder)
    sharded(folder)
    refused(folder)
    for file, state in ("pytorch_model.bin", tensors()), ("state_dict.bin", state_dict()):
        read = torch.load(folder / file, weights_only=True)
        assert all(torch.equal(read[k], v) for k, v in state.items())
    old = torch.load(folder / "legacy.bin", weights_only=True)
    assert torch.equal(old["second.weight"], state_dict()["second.weight"])
    write_manifest(
        folder, "torch.save files and their values as safetensors. pytorch_model.bin and sharded/: single.safetensors. "
                "state_dict.bin, parameters.bin and protocol4.bin (torch writes 2): state_dict.safetensors. To be "
                "refused: legacy.bin (no zip), hostile.bin (builtins.print), whole_module.bin (a class), "
                "plain_pickle.bin (no zip, no tensors), truncated.bin, missing_storage.bin.",
        ["torch", "safetensors"], SEED)
