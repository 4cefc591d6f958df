"""Which modules PEFT adapts, with what rank and alpha, for configurations that a person may write."""
from common import fixture, single_threaded, write_json, write_manifest

torch = single_threaded()

import random

from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

SEED = 20241124
LAYERS = 12  # so that layer 1 is not the only one whose number begins with 1

FAMILIES = {
    "llama": ("model.layers.{}.", "self_attn.q_proj self_attn.k_proj self_attn.v_proj self_attn.o_proj "
              "mlp.gate_proj mlp.up_proj mlp.down_proj"),
    "chatglm": ("transformer.encoder.layers.{}.", "self_attention.query_key_value self_attention.dense "
                "mlp.dense_h_to_4h mlp.dense_4h_to_h"),
    "baichuan": ("model.layers.{}.", "self_attn.W_pack self_attn.o_proj mlp.gate_proj mlp.up_proj mlp.down_proj"),
    "qwen": ("transformer.h.{}.", "attn.c_attn attn.c_proj mlp.w1 mlp.w2 mlp.c_proj"),
}

CASES = [
    ("llama", {"target_modules": ["q_proj", "v_proj"]}),
    ("llama", {"target_modules": ["self_attn.q_proj"]}),
    ("llama", {"target_modules": ["model.layers.1.self_attn.q_proj"]}),
    ("llama", {"target_modules": ["layers.1.self_attn.q_proj", "1.mlp.up_proj"]}),
    ("llama", {"target_modules": ["proj", "q_proj"]}),
    ("llama", {"target_modules": r".*\.(q|v)_proj"}),
    ("llama", {"target_modules": r"model\.layers\.(\d|1[01])\.mlp\..*"}),
    ("llama", {"target_modules": r".*\.1\..*proj"}),
    ("llama", {"target_modules": r"(?!.*layers\.(0|1)\.).*_proj"}),
    ("llama", {"target_modules": r"model.layers.[5-8].self_attn.(?P<which>[qk])_proj"}),
    ("llama", {"target_modules": r".*_proj", "exclude_modules": ["o_proj", "layers.3.mlp.up_proj"]}),
    ("llama", {"target_modules": ["q_proj", "up_proj"], "exclude_modules": r".*\.1\d\..*"}),
    ("llama", {"target_modules": ["q_proj"], "layers_to_transform": [1, 10]}),
    ("llama", {"target_modules": ["q_proj", "model.layers.3.mlp.up_proj"], "layers_to_transform": 2}),
    ("llama", {"target_modules": ["q_proj"], "layers_to_transform": [2], "layers_pattern": "layers"}),
    ("llama", {"target_modules": ["q_proj"], "layers_to_transform": [2, 4], "layers_pattern": ["h", "layers"]}),
    ("llama", {"target_modules": ["q_proj", "k_proj", "down_proj"],
               "rank_pattern": {"q_proj": 2, "layers.1.mlp.down_proj": 16},
               "alpha_pattern": {"down_proj": 3, r"model.layers.\d.self_attn.k_proj": 5}}),
    ("llama", {"target_modules": r".*_proj", "rank_pattern": {"proj": 2, ".*proj": 3},
               "alpha_pattern": {"^model.layers.2.self_attn.q_proj": 7, "(up|gate)_proj": 9}}),
    ("llama", {"target_modules": ["q_proj"], "rank_pattern": {"q_proj": 2, "layers.1.self_attn.q_proj": 16}}),
    ("llama", {"target_modules": ["q_proj"], "rank_pattern": {"layers.1.self_attn.q_proj": 16, "q_proj": 2}}),
    ("llama", {"target_modules": ["q_proj"], "modules_to_save": ["lm_head", "embed_tokens"]}),
    ("chatglm", {"target_modules": ["query_key_value"]}),
    ("chatglm", {"target_modules": ["dense", "dense_4h_to_h"], "alpha_pattern": {"dense": 4}}),
    ("chatglm", {"target_modules": r".*\.layers\.1\..*(dense|value)", "rank_pattern": {"mlp.*": 2}}),
    ("chatglm", {"target_modules": ["dense_h_to_4h"], "layers_to_transform": [0, 11]}),
    ("baichuan", {"target_modules": ["W_pack", "o_proj"], "rank_pattern": {"W_pack": 24}}),
    ("qwen", {"target_modules": ["c_attn", "c_proj", "w1", "w2"], "rank_pattern": {"mlp.c_proj": 6}}),
    ("qwen", {"target_modules": ["attn.c_proj"], "layers_to_transform": [3], "layers_pattern": "h"}),
]


def names(family: str) -> list[str]:
    prefix, modules = FAMILIES[family]
    return [prefix.format(layer) + module for layer in range(LAYERS) for module in modules.split()]


def tree(paths: list[str]) -> nn.Module:
    """A module with linears at these paths, and an embedding and a head for modules_to_save."""
    root = nn.Module()
    root.config = {"model_type": "custom", "tie_word_embeddings": False}
    for path in paths + ["lm_head", "model.embed_tokens"]:
        at = root
        *parents, last = path.split(".")
        for name in parents:
            if not hasattr(at, name):
                setattr(at, name, nn.Module())
            at = getattr(at, name)
        setattr(at, last, nn.Linear(2, 2, device="meta"))
    return root


def adapted(model: nn.Module, config: dict) -> dict:
    """Path to [r, alpha] of the modules that got an adapter."""
    inject_adapter_in_model(LoraConfig(r=8, lora_alpha=12, init_lora_weights=False, **config), model)
    return {name: [m.r["default"], m.lora_alpha["default"]]
            for name, m in model.named_modules() if isinstance(m, LoraLayer)}


def random_case(generator: random.Random) -> tuple[str, dict]:
    family = generator.choice(sorted(FAMILIES))
    paths = names(family)

    def ending() -> str:
        parts = generator.choice(paths).split(".")
        return ".".join(parts[-generator.randint(1, len(parts)):])

    config = {"target_modules": [ending() for _ in range(generator.randint(1, 4))]}
    if generator.random() < 0.3:
        config["exclude_modules"] = [ending()]
    if generator.random() < 0.4:
        config["rank_pattern"] = {ending(): generator.randint(1, 9) for _ in range(2)}
    if generator.random() < 0.4:
        config["alpha_pattern"] = {ending(): generator.randint(1, 9) for _ in range(2)}
    return family, config


def record(family: str, config: dict) -> dict | None:
    try:
        return {"family": family, "config": config, "adapted": adapted(tree(names(family)), config)}
    except ValueError:  # excluded all that it targets
        return None


def all_linear() -> dict:
    with torch.device("meta"):
        model = LlamaForCausalLM(LlamaConfig(
            vocab_size=8, hidden_size=4, intermediate_size=8, num_hidden_layers=LAYERS, num_attention_heads=1))
    return {"family": "llama", "config": {"target_modules": "all-linear"},
            "adapted": adapted(model, {"target_modules": "all-linear"})}


if __name__ == "__main__":
    folder = fixture("lora-matching")
    generator = random.Random(SEED)
    cases = [record(*case) for case in CASES]
    assert None not in cases
    cases += [found for _ in range(60) if (found := record(*random_case(generator)))]
    write_json(folder / "cases.json", {"modules": {family: names(family) for family in FAMILIES},
                                       "cases": cases + [all_linear()]}, indent=None)
    write_manifest(folder, "Modules that PEFT's inject_adapter_in_model gave an adapter, with their rank and alpha.",
                   ["torch", "transformers", "peft"], SEED)
