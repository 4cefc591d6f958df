"""Checks a folder that `sft quantize` wrote: bitsandbytes makes the same bytes of the base, and transformers loads and runs it.

With --logits (of `sft logits --model QUANTIZED --ids IDS --dtype F32 --out LOGITS`), also that both compute the same.
"""
import argparse
import json
from pathlib import Path

from common import single_threaded

torch = single_threaded()

import bitsandbytes.functional as bnb
from bitsandbytes.utils import unpack_tensor_to_dict
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

DEFAULT_IDS = [[3, 17, 29, 5, 61, 44, 12, 8, 33, 2], [9, 50, 1, 7]]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", type=Path)
    parser.add_argument("quantized", type=Path)
    parser.add_argument("--ids", type=Path, help="JSON list of lists of token ids")
    parser.add_argument("--logits", type=Path, help="what sft logits wrote for these ids")
    return parser.parse_args()


def tensors(folder: Path) -> dict:
    return {k: v for file in sorted(folder.glob("model*.safetensors")) for k, v in load_file(file).items()}


def four_bit(w, name: str, state: dict, nested: bool) -> dict:
    """The parts that bitsandbytes makes of a weight, as transformers saves them."""
    codes, made = bnb.quantize_4bit(w, blocksize=state["blocksize"], quant_type=state["quant_type"], compress_statistics=nested)
    parts = {f"{name}.{k}": v for k, v in made.as_dict(packed=True).items()}
    return {name: codes, **parts}


def int8(w, name: str) -> dict:
    codes, scales, _ = bnb.int8_vectorwise_quant(w.half())
    module = name.removesuffix(".weight")
    return {name: codes, module + ".SCB": scales, module + ".weight_format": torch.tensor(0, dtype=torch.uint8)}


def expected(base: dict, found: dict) -> dict:
    parts = {}
    for name, w in base.items():
        states = [k for k in found if k.startswith(name + ".quant_state.")]
        if states:
            state = unpack_tensor_to_dict(found[states[0]])
            parts |= four_bit(w, name, state, "nested_offset" in state)
        elif found[name].dtype == torch.int8:
            parts |= int8(w, name)
        else:
            parts[name] = w
    return parts


def same(a: torch.Tensor, b: torch.Tensor, name: str) -> bool:
    if ".quant_state." in name:
        return unpack_tensor_to_dict(a) == unpack_tensor_to_dict(b)
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a, b)


def in_float32(model):
    for parameter in model.parameters():
        if parameter.is_floating_point():
            parameter.data = parameter.data.float()
    for module in model.modules():
        if type(module).__name__ == "Linear4bit":
            module.compute_dtype = torch.float32
    # As in training: Int8 then dequantizes, in place of quantizing activations too.
    return model.train()


def dense(quantized: Path, model):
    """The same model with dense linears that are dequantized by the formula."""
    config = AutoConfig.from_pretrained(quantized)
    del config.quantization_config
    plain = AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="eager")
    state = {k: v.float() for k, v in model.state_dict().items() if v.is_floating_point()}
    for name, module in model.named_modules():
        if type(module).__name__ == "Linear4bit":
            q = module.weight.quant_state
            absmax = bnb.dequantize_blockwise(q.absmax, q.state2) + q.offset if q.nested else q.absmax
            bytes = module.weight.data.view(-1)
            nibbles = torch.stack([bytes >> 4, bytes & 15], 1).view(-1)[:q.shape.numel()].long()
            state[name + ".weight"] = (q.code[nibbles] * absmax.repeat_interleave(q.blocksize)[:q.shape.numel()]).view(q.shape)
        elif type(module).__name__ == "Linear8bitLt":
            scales = module.weight.SCB if module.weight.SCB is not None else module.state.SCB
            state[name + ".weight"] = bnb.int8_vectorwise_dequant(module.weight.data, scales)
    missing, _ = plain.load_state_dict(state, strict=False)
    assert not [k for k in missing if "rotary" not in k and k != "lm_head.weight"], missing
    return plain.train()


def logits(model, rows: list) -> list:
    with torch.no_grad():
        return [model(torch.tensor([ids])).logits[0].float() for ids in rows]


def largest(a: list, b: list) -> float:
    return max((x - y).abs().max().item() for x, y in zip(a, b))


if __name__ == "__main__":
    args = arguments()
    found = tensors(args.quantized)
    wanted = expected(tensors(args.base), found)
    assert wanted.keys() == found.keys(), sorted(wanted.keys() ^ found.keys())
    different = [k for k in wanted if not same(wanted[k], found[k], k)]
    assert not different, different
    rows = json.loads(args.ids.read_text()) if args.ids else DEFAULT_IDS
    model = in_float32(AutoModelForCausalLM.from_pretrained(args.quantized, attn_implementation="eager"))
    kinds = sorted({type(m).__name__ for m in model.modules() if "Linear" in type(m).__name__})
    library = logits(model, rows)
    formula = logits(dense(args.quantized, model), rows)
    report = {"tensorsEqualToBitsandbytes": len(wanted), "modules": kinds, "libraryToFormula": largest(library, formula),
              "largestLogit": max(x.abs().max().item() for x in formula)}
    if args.logits:
        ours = load_file(args.logits)
        report["sftToFormula"] = largest([ours[f"logits.{i}"] for i in range(len(rows))], formula)
    print(json.dumps(report))
