"""What bitsandbytes makes of tensors on the CPU: digests of codes, scales and dequantized values; and where its dequantize is wrong."""
from common import fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import hashlib
import logging

logging.disable(logging.WARNING)

import bitsandbytes.functional as bnb
from safetensors.torch import save_file

SEED = 20250211
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
BLOCKS = 32, 64, 128, 256, 512, 1024, 2048, 4096
CODEBOOKS = {name: bnb.get_4bit_type(name, device="cpu") for name in ("nf4", "fp4")}


def tensors() -> dict:
    generator = torch.Generator().manual_seed(SEED)

    def normal(*shape):
        return torch.randn(*shape, generator=generator)

    zero_blocks = normal(8, 64)
    zero_blocks[2:5] = 0
    return {
        "normal": normal(40, 100),
        "many_blocks": normal(65, 260).bfloat16(),
        "odd": normal(13, 17),
        "row_longer_than_block": normal(6, 160),
        "one": torch.tensor([[-3.25]]),
        "zeros": torch.zeros(3, 50),
        "zero_blocks": zero_blocks,
        "heavy_tails": normal(20, 64) ** 3,
        "tiny": normal(5, 64) * 1e-30,
        "subnormal": normal(5, 64) * 1e-39,
        "ties": ties(),
    }


def ties() -> torch.Tensor:
    """Rows of 64 that begin with 1: every value of a codebook and every midpoint, and what lies up to three steps of a float beside them."""
    found = []
    for values in CODEBOOKS.values():
        ascending = values.sort().values
        for x in torch.cat([ascending, (ascending[:-1] + ascending[1:]) / 2]):
            below = above = x
            found.append(x)
            for _ in range(3):
                below, above = torch.nextafter(below, torch.tensor(-2.)), torch.nextafter(above, torch.tensor(2.))
                found += [below, above]
    rows = torch.stack(found).clamp(-1, 1)
    rows = torch.cat([rows, torch.zeros(-len(rows) % 63)]).view(-1, 63)
    return torch.cat([torch.ones(len(rows), 1), rows], 1)


def digest(*parts: torch.Tensor) -> str:
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.contiguous().view(torch.uint8).numpy().tobytes() if part.dim() else part.numpy().tobytes())
    return sha.hexdigest()


def by_formula(codes, values, absmax, block: int, like: torch.Tensor) -> torch.Tensor:
    """codebook · absmax in float32, then one cast."""
    bytes = codes.view(-1)
    nibbles = torch.stack([bytes >> 4, bytes & 15], 1).view(-1)[:like.numel()].long()
    return (values[nibbles] * absmax.repeat_interleave(block)[:like.numel()]).to(like.dtype).view(like.shape)


def four_bit(w: torch.Tensor, kind: str, block: int) -> dict:
    codes, state = bnb.quantize_4bit(w, blocksize=block, quant_type=kind)
    _, nested = bnb.quantize_4bit(w, blocksize=block, quant_type=kind, compress_statistics=True)
    absmax = bnb.dequantize_blockwise(nested.absmax, nested.state2) + nested.offset
    formula = by_formula(codes, CODEBOOKS[kind], state.absmax, block, w)
    return {
        "codes": digest(codes),
        "absmax": digest(state.absmax),
        "nested": digest(nested.absmax, nested.state2.absmax, nested.offset),
        "dequantized": digest(formula),
        "dequantizedNested": digest(by_formula(codes, CODEBOOKS[kind], absmax, block, w)),
        "libraryAgrees": torch.equal(bnb.dequantize_4bit(codes, state), formula),
    }


def int8(w: torch.Tensor) -> dict:
    codes, scales, _ = bnb.int8_vectorwise_quant(w.half())
    return {"codes": digest(codes), "scales": digest(scales),
            "dequantized": digest(bnb.int8_vectorwise_dequant(codes, scales).to(w.dtype))}


def answers(name: str, w: torch.Tensor) -> dict:
    blocks = BLOCKS if name in ("normal", "odd") else (32, 64, 4096)
    return {key: {**{kind: {block: four_bit(w.to(dtype), kind, block) for block in blocks} for kind in CODEBOOKS},
                  "int8": int8(w.to(dtype))}
            for key, dtype in DTYPES.items()}


def wrong_row_lengths() -> dict:
    """Of which row lengths up to 320 the library dequantizes eight rows wrongly, by block size."""
    wrong = {}
    for block in BLOCKS:
        wrong[block] = []
        for length in range(2, 321):
            w = torch.randn(8, length, generator=torch.Generator().manual_seed(length))
            if not four_bit(w, "nf4", block)["libraryAgrees"]:
                wrong[block].append(length)
    return wrong


if __name__ == "__main__":
    folder = fixture("quantized")
    inputs = tensors()
    save_file(inputs, folder / "inputs.safetensors")
    write_json(folder / "answers.json", {name: answers(name, w) for name, w in inputs.items()})
    write_json(folder / "maps.json", {
        **{name: digest(values) for name, values in CODEBOOKS.items()},
        "dynamic": digest(bnb.create_dynamic_map()),
    })
    write_manifest(
        folder,
        "inputs.safetensors: tensors, which are cast to each dtype. answers.json: by tensor, dtype, format and block size, SHA-256 of "
        "the bytes of what bitsandbytes makes of them on the CPU (nested: its codes, absmax and offset one after the other); dequantized "
        "values by the formula, with whether the library's own dequantize agrees. maps.json: SHA-256 of the maps. "
        "wrongRowLengths: by block size, where it does not agree on this CPU, of 8 rows of 2 to 320.",
        ["torch", "bitsandbytes"], SEED, cpu=torch.backends.cpu.get_cpu_capability(), wrongRowLengths=wrong_row_lengths())
