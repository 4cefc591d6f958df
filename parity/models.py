"""Loads a base model from a Hugging Face folder or from a GGUF file, with the tokenizer the file asks for."""
from pathlib import Path

from transformers import AutoModelForCausalLM, AutoTokenizer

from small_tokenizer import smollm_pre_tokenizer


def load_model(path: Path, dtype, attention: str = "eager"):
    if path.suffix != ".gguf":
        return AutoModelForCausalLM.from_pretrained(path, dtype=dtype, attn_implementation=attention).eval()
    read = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=dtype)
    # The weights are dequantized, but the Trainer refuses a model that remembers to have been GGUF.
    config = read.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    plain = AutoModelForCausalLM.from_config(config, dtype=dtype, attn_implementation=attention)
    plain.load_state_dict(read.state_dict())
    return plain.eval()


def load_smollm2_tokenizer(gguf: Path):
    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    # transformers ignores tokenizer.ggml.pre = smollm.
    tokenizer.backend_tokenizer.pre_tokenizer = smollm_pre_tokenizer()
    return tokenizer
