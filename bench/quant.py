"""ns per weight of ways to dequantize one linear to bfloat16; every round runs each way once, and the least of all rounds counts."""
import argparse
import io
import logging
import time
import zipfile
from pathlib import Path

logging.disable(logging.WARNING)

import bitsandbytes.functional as bnb
import torch

KERNELS = Path(__file__).resolve().parent.parent / "trainer-image/src/main/resources/io/sftjob/trainer/torch/kernels"
BF16, BF16_CODE, BLOCK = torch.bfloat16, 15, 64


def kernels():
    """The archive that the trainer makes (KernelArchive)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/version", "3\n")
        archive.writestr("archive/constants.pkl", b"\x80\x02).")
        for file in KERNELS.glob("*.py"):
            name = "__torch__.py" if file.stem == "kernels" else f"__torch__/{file.name}"
            archive.writestr("archive/code/" + name, file.read_text())
        archive.writestr("archive/data.pkl", b"\x80\x02c__torch__\nKernels\n)\x81}X\x08\x00\x00\x00training\x88sb.")
    out.seek(0)
    return torch.jit.load(out)


def ways(shape: tuple[int, int], tokens: int) -> tuple[dict, dict]:
    """What is measured; and those that must agree to the bit."""
    k, none = kernels(), torch.empty(0)
    w = torch.randn(shape, generator=torch.Generator().manual_seed(1)).to(BF16)
    values = bnb.get_4bit_type("nf4", device="cpu")
    codes, absmax = k.quantize_4bit(w, values, list(range(16)), BLOCK)
    q8, nested_absmax, offset = k.quantize_nested(absmax, k.dynamic_map())
    pairs = k.quant_pairs(values)
    scratch = torch.empty(w.numel(), dtype=BF16)
    nf4, nested = [codes, none, scratch, pairs, absmax], [codes, none, scratch, pairs, q8, nested_absmax, k.dynamic_map(), offset]
    int8, scales = k.quantize_int8(w)
    state = bnb.QuantState(absmax, shape=torch.Size(shape), code=values, blocksize=BLOCK, quant_type="nf4", dtype=BF16)
    # Four values by 16 bits of codes.
    index = torch.arange(65536)
    fours = torch.cat([pairs[index & 255], pairs[index >> 8]], 1)
    flat, halves = codes.view(-1), codes.view(-1).view(torch.uint16)
    scale = absmax.unsqueeze(1)

    def scaled(rows):
        return rows.view(-1, BLOCK).mul_(scale).to(BF16).view(shape)

    def chunked(table, at, step=1 << 19):
        """Rows of a table, some weights at a time."""
        per = table.size(1)
        out = torch.empty(w.numel(), dtype=BF16)
        for start in range(0, w.numel(), step):
            end = min(start + step, w.numel())
            rows = table.index_select(0, at[start // per:end // per].to(torch.int32)).view(-1, BLOCK)
            out[start:end].view(-1, BLOCK).copy_(rows.mul_(scale[start // BLOCK:end // BLOCK]))
        return out.view(shape)

    def shifts():
        nibbles = torch.stack([flat >> 4, flat & 15], 1).view(-1)
        return scaled(values.index_select(0, nibbles.to(torch.int32)))

    x = torch.randn(tokens, shape[1]).to(BF16)
    same = {
        "NF4: the kernel": lambda: k.quant_weight(nf4, *shape, BF16_CODE),
        "rows of 2 by byte": lambda: scaled(pairs.index_select(0, flat.to(torch.int32))),
        "rows of 4 by 16 bits": lambda: scaled(fours.index_select(0, halves.to(torch.int32))),
        "rows of 2, in chunks": lambda: chunked(pairs, flat),
        "rows of 4, in chunks": lambda: chunked(fours, halves),
        "shifts and masks": shifts,
        "bitsandbytes (C++)": lambda: bnb.dequantize_4bit(codes, state),
    }
    others = {
        "NF4 with double quantization: the kernel": lambda: k.quant_weight(nested, *shape, BF16_CODE),
        "Int8: the kernel": lambda: k.quant_weight([int8, none, scratch, scales], *shape, BF16_CODE),
        "copy of the dense weight": lambda: w.clone(),
        "linear": lambda: torch.nn.functional.linear(x, w),
    }
    return {**same, **others}, same


def measure(all_ways: dict, rounds: int) -> dict:
    best = dict.fromkeys(all_ways, float("inf"))
    for _ in range(rounds):
        for name, way in all_ways.items():
            start = time.perf_counter()
            way()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--shape", default="4096x4096", help="OUTxIN")
    parser.add_argument("--tokens", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_grad_enabled(False)
    shape = tuple(int(n) for n in args.shape.split("x"))
    all_ways, same = ways(shape, args.tokens)
    expected = all_ways["NF4: the kernel"]()
    assert all(torch.equal(way(), expected) for way in same.values()), "the ways differ"
    seconds = measure(all_ways, args.rounds)
    weights = shape[0] * shape[1]
    copy, linear = seconds["copy of the dense weight"], seconds["linear"]
    print(f"{args.shape}, {args.threads} thread(s), {args.tokens} tokens: ns a weight, to a copy, to the linear")
    for name, s in seconds.items():
        print(f"  {name:42s} {s / weights * 1e9:7.3f} {s / copy:7.1f} {s / linear:7.2f}")
    for name in "NF4: the kernel", "NF4 with double quantization: the kernel", "Int8: the kernel":
        # Forward, forward again for the gradient, gradient of the input: three products, two of them with a dequantize.
        print(f"  a training step of one linear, dense to {name.split(':')[0]}: {3 * linear / (3 * linear + 2 * seconds[name]):.2f}")
