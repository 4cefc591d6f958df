"""Asks the vendors' code whether the fixtures of legacy_families.py are right.

modelscope carries the code of ChatGLM2-6B (the network of ChatGLM3-6B) and of Qwen, optimum-habana ports of Baichuan 2
and ChatGLM3. Both need an older transformers, so this runs in an environment of its own (requirements-legacy.txt) and
knows the fixtures only by their files: logits, and LoRA gradients taken from those of the merged weights W + s·B·A:
dL/dA = s·Bᵀ·dL/dW and dL/dB = s·dL/dW·Aᵀ. What it finds goes into the fixtures' manifest.json.
"""
from common import FIXTURES, single_threaded, write_json

torch = single_threaded()

import importlib
import json
import sys
import types
from functools import partial
from importlib.metadata import version
from pathlib import Path

import torch.nn.functional as F
import transformers  # before `without_hardware`: it looks around for a real optimum
from safetensors.torch import load_file

LOGITS, GRADIENTS = 2e-5, 2e-4


# ---- the vendors' models ----

def without_hardware() -> None:
    """optimum-habana's model files, without its package's set-up and with a driver that has nothing to do."""
    root = next(Path(p) / "optimum" for p in sys.path if (Path(p) / "optimum/habana").is_dir())
    for name in "", "habana", "habana.transformers", "habana.transformers.models":
        package = types.ModuleType(f"optimum.{name}".rstrip("."))
        package.__path__ = [str(root / name.replace(".", "/"))]
        sys.modules[package.__name__] = package
    for name in "habana_frameworks", "habana_frameworks.torch", "habana_frameworks.torch.core":
        sys.modules[name] = types.ModuleType(name)
    sys.modules["habana_frameworks.torch.core"].mark_step = lambda: None


def port(family: str):
    return importlib.import_module(f"optimum.habana.transformers.models.{family}.modeling_{family}")


def baichuan(config: dict, plain_head: bool):
    """Forward only: the port adds in place, which autograd refuses."""
    code = port("baichuan")
    # Off its own hardware the port broadcasts cos and sin over the wrong dimension, unless told.
    code.apply_rotary_pos_emb = partial(code.apply_rotary_pos_emb, unsqueeze_dim=0)
    model = code.BaichuanForCausalLM(code.BaichuanConfig(**config))
    if plain_head:
        model.lm_head = torch.nn.Linear(config["hidden_size"], config["vocab_size"], bias=False)
    return model


def chatglm3(config: dict):
    code = port("chatglm")
    model = code.ChatGLMForConditionalGeneration(code.ChatGLMConfig(**config), empty_init=False)
    # The port's RotaryEmbedding knows rope_ratio, but its model forgets to pass it on.
    model.transformer.rotary_pos_emb.rope_ratio = config["rope_ratio"]
    return model


def chatglm2(config: dict):
    from modelscope.models.nlp.chatglm2.configuration import ChatGLM2Config
    from modelscope.models.nlp.chatglm2.text_generation import ChatGLM2ForConditionalGeneration
    return ChatGLM2ForConditionalGeneration(ChatGLM2Config(**config), empty_init=False)


def qwen(config: dict):
    from modelscope.models.nlp.qwen.configuration import QWenConfig
    from modelscope.models.nlp.qwen.text_generation import QWenForTextGeneration
    older = {"n_embd": config["hidden_size"], "n_head": config["num_attention_heads"],
             "n_layer": config["num_hidden_layers"], "ffn_hidden_size": config["intermediate_size"],
             "n_positions": 256, "padded_vocab_size": config["vocab_size"], "pos_emb": "rotary",
             "params_dtype": torch.float32}
    same = {k: config[k] for k in (
        "vocab_size", "seq_length", "kv_channels", "layer_norm_epsilon", "rotary_pct", "rotary_emb_base",
        "use_dynamic_ntk", "use_logn_attn", "no_bias", "bf16", "fp16")}
    return QWenForTextGeneration(QWenConfig(use_flash_attn=False, **older, **same))


# ---- a fixture's files ----

class Fixture:
    def __init__(self, name: str):
        self.folder = FIXTURES / name
        self.config = self.json("config.json")
        self.config.pop("torch_dtype")
        self.expected = load_file(self.folder / "expected.safetensors")
        answers = self.json("expected.json")
        self.documents, self.masks = answers["documents"], answers["targetMasks"]["all"]
        self.weights = {}
        for file in sorted(self.folder.glob("model*.safetensors")):
            self.weights.update({k: v.float() for k, v in load_file(file).items() if not k.endswith("inv_freq")})

    def json(self, name: str):
        return json.loads((self.folder / name).read_text())

    def adapter(self) -> dict:
        """Module path → (A, B, scale)."""
        folder = self.folder / "adapter"
        if not folder.exists():
            return {}
        settings = self.json("adapter/adapter_config.json")
        found = load_file(folder / "adapter_model.safetensors")
        return {key.removeprefix("base_model.model.").removesuffix(".lora_A.weight"):
                (value, found[key.replace("lora_A", "lora_B")], settings["lora_alpha"] / settings["r"])
                for key, value in found.items() if "lora_A" in key}


def load(model, weights: dict):
    missing, surplus = model.load_state_dict(weights, strict=False)
    assert not surplus and all("inv_freq" in k or "rotary" in k for k in missing), (missing, surplus)
    return model.float().eval()


def logits_of(model, ids: list[int]):
    row = torch.tensor([ids])
    return model(input_ids=row, attention_mask=torch.ones_like(row), use_cache=False).logits[0]


def relative(found, expected) -> float:
    return ((found - expected).abs().max() / expected.abs().max()).item()


def compare(name: str, peer: str, make, training_logits=False, gradients=True) -> None:
    fixture = Fixture(name)
    model = load(make(fixture.config), fixture.weights)
    far = {"logits": logits_difference(model, fixture, "base")}
    if training_logits:
        # A new one: modelscope's Qwen goes on with the RoPE base of its last evaluation.
        fresh = load(make(fixture.config), fixture.weights).train()
        far["trainingLogits"] = logits_difference(fresh, fixture, "train")
    if adapter := fixture.adapter():
        load(model, merged(fixture.weights, adapter))
        far["adapterLogits"] = logits_difference(model, fixture, "adapter")
        if gradients:
            far["adapterGradients"] = gradient_difference(model, fixture, adapter)
    print(name, peer, far)
    assert all(v < (GRADIENTS if k == "adapterGradients" else LOGITS) for k, v in far.items()), (name, far)
    record(fixture.folder, {"with": peer, **{k: f"{v:.0e}" for k, v in far.items()}})


def logits_difference(model, fixture: Fixture, which: str) -> float:
    with torch.no_grad():
        return max(relative(logits_of(model, d), fixture.expected[f"{which}.logits.{i}"])
                   for i, d in enumerate(fixture.documents))


def merged(weights: dict, adapter: dict) -> dict:
    return {**weights, **{f"{module}.weight": weights[f"{module}.weight"] + scale * b @ a
                          for module, (a, b, scale) in adapter.items()}}


def gradient_difference(model, fixture: Fixture, adapter: dict) -> float:
    model.zero_grad()
    total = sum(F.cross_entropy(logits_of(model, d)[:-1], torch.tensor(d[1:]), reduction="sum")
                for d in fixture.documents)
    (total / sum(map(sum, fixture.masks))).backward()
    far = 0.0
    for module, (a, b, scale) in adapter.items():
        gradient = model.get_submodule(module).weight.grad
        for part, found in ("lora_A", scale * b.T @ gradient), ("lora_B", scale * gradient @ a.T):
            key = f"adapter.grad.all.base_model.model.{module}.{part}.weight"
            far = max(far, relative(found, fixture.expected[key]))
    return far


def compare_z_loss(peer: str) -> None:
    """The port computes the loss, z-loss included, by itself."""
    expected = json.loads((FIXTURES / "z-loss/expected.json").read_text())
    fixture = Fixture("family-baichuan2-7b")
    answers = fixture.json("expected.json")
    model = baichuan({**fixture.config, "z_loss_weight": expected["zLossWeight"]}, plain_head=False)
    load(model, merged(fixture.weights, fixture.adapter()))
    far = 0.0
    for mask, losses in expected["losses"].items():
        for i, wanted in enumerate(losses):
            row = torch.tensor([fixture.documents[i]])
            labels = row.where(torch.tensor([answers["targetMasks"][mask][i]]) == 1, -100)
            with torch.no_grad():
                found = model(input_ids=row, attention_mask=torch.ones_like(row), labels=labels, use_cache=False).loss
            far = max(far, abs(found.item() - wanted) / wanted)
    print("z-loss", peer, far)
    assert far < LOGITS, far
    record(FIXTURES / "z-loss", {"with": peer, "losses": f"{far:.0e}"})


def record(folder: Path, found: dict) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    checked = manifest.get("checkedAgainst", [])
    manifest["checkedAgainst"] = [c for c in checked if c["with"] != found["with"]] + [found]
    write_json(folder / "manifest.json", manifest, indent=2)


if __name__ == "__main__":
    without_hardware()
    assert transformers.__version__ < "5", "needs the environment of requirements-legacy.txt"
    modelscope, habana = f"modelscope {version('modelscope')}", f"optimum-habana {version('optimum-habana')}"
    compare("family-chatglm3", f"{modelscope} ChatGLM2ForConditionalGeneration", chatglm2)
    compare("family-chatglm3-32k", f"{habana} ChatGLMForConditionalGeneration", chatglm3)
    compare("family-qwen", f"{modelscope} QWenForTextGeneration", qwen)
    compare("family-qwen-long", f"{modelscope} QWenForTextGeneration", qwen, training_logits=True)
    compare_z_loss(f"{habana} BaichuanForCausalLM")
    for size in "7b", "13b":
        compare(f"family-baichuan2-{size}", f"{habana} BaichuanForCausalLM",
                lambda config: baichuan(config, plain_head=False), gradients=False)
        compare(f"family-baichuan-{size}", f"{habana} BaichuanForCausalLM with a plain head",
                lambda config: baichuan(config, plain_head=True), gradients=False)
