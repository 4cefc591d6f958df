"""Tiny models that transformers quantized with bitsandbytes and saved, and what they compute."""
from common import fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import hashlib
import logging
import tempfile

logging.disable(logging.WARNING)

import bitsandbytes.functional as bnb
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

from answers import randomise_
from tiny_llama import config

SEED = 20250212
IDS = [[3, 17, 29, 5, 61, 44, 12, 8, 33, 2], [9, 50, 1, 7]]


def dense(folder: str) -> None:
    from transformers import LlamaForCausalLM
    model = randomise_(LlamaForCausalLM(config(vocab_size=64, num_hidden_layers=1)), SEED)
    model.to(torch.bfloat16).save_pretrained(folder)


def dequantized(model) -> dict:
    """SHA-256 of each quantized weight in float32 (rows here are whole blocks, where the library is right)."""
    found = {}
    for name, module in model.named_modules():
        kind = type(module).__name__
        if kind == "Linear4bit":
            module.weight.quant_state.dtype = torch.float32
            values = bnb.dequantize_4bit(module.weight.data, module.weight.quant_state)
        elif kind == "Linear8bitLt":
            scales = module.state.SCB if module.weight.SCB is None else module.weight.SCB
            values = bnb.int8_vectorwise_dequant(module.weight.data, scales)
        else:
            continue
        found[name + ".weight"] = hashlib.sha256(values.contiguous().numpy().tobytes()).hexdigest()
    return found


def quantized(name: str, base: str, how: BitsAndBytesConfig) -> None:
    folder = fixture(name)
    AutoModelForCausalLM.from_pretrained(base, quantization_config=how, dtype=torch.bfloat16).save_pretrained(folder)
    # As in training: Int8 then dequantizes, in place of quantizing activations too.
    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").train()
    # In float32, which transformers does not take a bf16 checkpoint to.
    for parameter in model.parameters():
        if parameter.is_floating_point():
            parameter.data = parameter.data.float()
    for module in model.modules():
        if type(module).__name__ == "Linear4bit":
            module.compute_dtype = torch.float32
    with torch.no_grad():
        logits = {f"logits.{i}": model(torch.tensor([ids])).logits[0].contiguous() for i, ids in enumerate(IDS)}
    save_file(logits, folder / "expected.safetensors")
    write_json(folder / "expected.json", {"ids": IDS, "dequantized": dequantized(model)}, indent=2)
    write_manifest(folder, "A random bf16 Llama quantized by transformers and saved; expected.json: token ids, and SHA-256 of "
                           "each quantized weight dequantized to float32; expected.safetensors: logits in float32.",
                   ["torch", "transformers", "bitsandbytes"], SEED)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as base:
        dense(base)
        quantized("quantized-nf4", base, BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.bfloat16))
        quantized("quantized-int8", base, BitsAndBytesConfig(load_in_8bit=True))
