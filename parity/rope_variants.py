"""RoPE scalings on a tiny Llama: what transformers computes below and above the length the model was trained on."""
from common import fixture, write_json, write_manifest

from answers import PACKAGES, documents, randomise_, torch, write_logits

from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

SEED = 20241103
TRAINED = 32
# dynamic keeps the frequencies of the longest sequence so far, so the shorter one goes first.
LENGTHS = (20, 90)

CONFIG = {
    "architectures": ["LlamaForCausalLM"], "attention_bias": False, "bos_token_id": 1, "eos_token_id": 2,
    "head_dim": 32, "hidden_act": "silu", "hidden_size": 32, "initializer_range": 0.02, "intermediate_size": 48,
    "max_position_embeddings": TRAINED, "model_type": "llama", "num_attention_heads": 2, "num_hidden_layers": 1,
    "num_key_value_heads": 2, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_theta": 10000.0,
    "tie_word_embeddings": False, "torch_dtype": "bfloat16", "transformers_version": "4.40.0", "use_cache": True,
    "vocab_size": 96}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": TRAINED}

# Name: rope_scaling as repositories write it, changes to config.json, what it is.
VARIANTS = {
    "linear": ({"type": "linear", "factor": 4.0}, {}, "Frequencies divided by 4; the old key \"type\"."),
    "dynamic": ({"type": "dynamic", "factor": 2.0}, {},
                "Dynamic NTK: the base grows with the sequence beyond max_position_embeddings."),
    "yarn": (YARN, {"max_position_embeddings": 4 * TRAINED}, "YaRN; attention factor 0.1 · ln 4 + 1."),
    "yarn-qwen": ({"type": "yarn", "factor": 4.0, "original_max_position_embeddings": TRAINED}, {},
                  "YaRN as Qwen2.5 cards ask for: the old key \"type\", max_position_embeddings left as it was."),
    "yarn-attention": ({**YARN, "attention_factor": 1.3, "beta_fast": 2, "beta_slow": 0.5},
                       {"max_position_embeddings": 4 * TRAINED}, "YaRN with attention_factor, beta_fast and beta_slow."),
    "yarn-mscale": ({**YARN, "mscale": 1.0, "mscale_all_dim": 0.5, "truncate": False},
                    {"max_position_embeddings": 4 * TRAINED},
                    "YaRN with mscale over mscale_all_dim as attention factor, and a ramp not cut to whole dimensions."),
    "llama3": ({"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                "original_max_position_embeddings": TRAINED}, {"max_position_embeddings": 8 * TRAINED},
               "Llama 3's scaling, above its original length too."),
}


def variant(name: str, scaling: dict, changes: dict, what: str, seed: int) -> None:
    folder = fixture(f"rope-{name}")
    config = {**CONFIG, **changes, "rope_scaling": scaling}
    write_json(folder / "config.json", config, indent=2)
    model = randomise_(LlamaForCausalLM(LlamaConfig.from_pretrained(folder)), seed, scale=0.15)
    save_file({k: v.bfloat16() for k, v in model.state_dict().items()}, folder / "model.safetensors",
              metadata={"format": "pt"})
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    rotary = model.model.rotary_emb
    assert rotary.rope_type == scaling.get("rope_type", scaling.get("type"))
    write_logits(folder, model, documents(config["vocab_size"], seed + 1, LENGTHS))
    write_manifest(folder, what, PACKAGES, seed, numbersFrom="transformers LlamaForCausalLM",
                   attentionScaling=rotary.attention_scaling)


if __name__ == "__main__":
    for i, (name, (scaling, changes, what)) in enumerate(VARIANTS.items()):
        variant(name, scaling, changes, what, SEED + 10 * i)
