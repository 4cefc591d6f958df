"""Families whose code no package on PyPI carries: Baichuan 1 and 2, ChatGLM3, Qwen (first version).

legacy/ writes their math independently. Before it answers, each is checked against a real implementation of the same
math in transformers, with the weights renamed and split: logits and the gradients of every weight.
"""
from common import fixture, write_json, write_manifest

from answers import (PACKAGES, documents, logits_of, packed_logits, randomise_, save_adapter, torch, with_adapter,
                     write_answers, write_logits)

import copy
from pathlib import Path

import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import (GlmConfig, GlmForCausalLM, LlamaConfig, LlamaForCausalLM, PretrainedConfig, Qwen2Config,
                          Qwen2ForCausalLM)
from transformers.models.bloom.modeling_bloom import build_alibi_tensor

from legacy import baichuan, chatglm, qwen
from legacy.check import relative, same_as
from legacy.configs import (BAICHUAN2_13B, BAICHUAN2_7B, BAICHUAN_13B, BAICHUAN_7B, CHATGLM3, CHATGLM3_32K, QWEN,
                            QWEN_LONG)

SEED = 20241102


# ---- the same weights under the names of transformers ----

def llama_names(norm_head: bool):
    def remap(ours: dict) -> dict:
        real = {}
        for name, value in ours.items():
            if "W_pack" in name:
                for part, rows in zip("qkv", value.chunk(3)):
                    real[name.replace("W_pack", f"{part}_proj")] = rows
            else:
                real[name] = F.normalize(value) if norm_head and name.startswith("lm_head") else value
        return real
    return remap


def qwen2_names(ours: dict) -> dict:
    plain = {"transformer.wte": "model.embed_tokens", "transformer.h": "model.layers", "transformer.ln_f": "model.norm",
             "ln_1": "input_layernorm", "ln_2": "post_attention_layernorm", "attn.c_proj": "self_attn.o_proj",
             "mlp.c_proj": "mlp.down_proj", "mlp.w2": "mlp.gate_proj", "mlp.w1": "mlp.up_proj"}
    real = {}
    for name, value in ours.items():
        for old, new in plain.items():
            name = name.replace(old, new)
        if "c_attn" in name:
            for part, rows in zip("qkv", value.chunk(3)):
                real[name.replace("attn.c_attn", f"self_attn.{part}_proj")] = rows
        else:
            real[name] = value
    return real


def glm_names(config):
    sizes = [config["kv_channels"] * n for n in (config["num_attention_heads"], *[config["multi_query_group_num"]] * 2)]
    plain = {"transformer.embedding.word_embeddings": "model.embed_tokens", "transformer.output_layer": "lm_head",
             "transformer.encoder.layers": "model.layers", "transformer.encoder.final_layernorm": "model.norm",
             "self_attention.dense": "self_attn.o_proj", "dense_h_to_4h": "gate_up_proj", "dense_4h_to_h": "down_proj"}

    def remap(ours: dict) -> dict:
        real = {}
        for name, value in ours.items():
            for old, new in plain.items():
                name = name.replace(old, new)
            if "query_key_value" in name:
                for part, rows in zip("qkv", value.split(sizes)):
                    real[name.replace("self_attention.query_key_value", f"self_attn.{part}_proj")] = rows
            else:
                real[name] = value
        return real
    return remap


# ---- the real implementations ----

def shared(config: dict) -> dict:
    return {"hidden_size": config["hidden_size"], "num_attention_heads": config["num_attention_heads"],
            "attn_implementation": "eager", "tie_word_embeddings": False, "pad_token_id": 0}


def llama(config: dict):
    return LlamaForCausalLM(LlamaConfig(
        **shared(config), vocab_size=config["vocab_size"], intermediate_size=config["intermediate_size"],
        num_hidden_layers=config["num_hidden_layers"], rms_norm_eps=config["rms_norm_eps"],
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0}))


def qwen2(config: dict, base: float):
    return Qwen2ForCausalLM(Qwen2Config(
        **shared(config), vocab_size=config["vocab_size"], intermediate_size=config["intermediate_size"] // 2,
        num_hidden_layers=config["num_hidden_layers"], num_key_value_heads=config["num_attention_heads"],
        rms_norm_eps=config["layer_norm_epsilon"], rope_parameters={"rope_type": "default", "rope_theta": base}))


def glm(config: dict):
    return GlmForCausalLM(GlmConfig(
        **shared(config), vocab_size=config["padded_vocab_size"], intermediate_size=config["ffn_hidden_size"],
        num_hidden_layers=config["num_layers"], num_key_value_heads=config["multi_query_group_num"],
        head_dim=config["kv_channels"], rms_norm_eps=config["layernorm_epsilon"], attention_bias=True,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0 * config.get("rope_ratio", 1),
                         "partial_rotary_factor": 0.5}))


def with_bloom_alibi(model, ids: list[int]):
    """A Llama without rotation (all positions are 0) that gets BLOOM's ALiBi through its mask."""
    n, count = len(ids), model.config.num_attention_heads
    alibi = build_alibi_tensor(torch.ones(1, n, dtype=torch.long), count, torch.float32)
    causal = torch.full((n, n), torch.finfo(torch.float32).min).triu(1)
    return model(input_ids=torch.tensor([ids]), attention_mask=(alibi + causal)[None],
                 position_ids=torch.zeros(1, n, dtype=torch.long), use_cache=False).logits[0]


# ---- fixtures ----

def rounded(make, config: dict, seed: int):
    """A random model whose weights are what its file will hold: in f32, but rounded to the dtype config names."""
    model = randomise_(make(PretrainedConfig(**copy.deepcopy(config))), seed, scale=0.15)
    return model.to(getattr(torch, config["torch_dtype"])).float()


def store(folder: Path, config: dict, model, shards: int = 1, **more) -> None:
    """config.json word for word as given, and the weights (and `more` tensors) in the dtype config names."""
    write_json(folder / "config.json", config, indent=2)
    dtype = getattr(torch, config["torch_dtype"])
    tensors = {**{k: v.to(dtype).contiguous() for k, v in model.state_dict().items()}, **more}
    if shards == 1:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        return
    write_shards(tensors, shards, folder, "model", "safetensors",
                 lambda part, path: save_file(part, path, metadata={"format": "pt"}))


def write_shards(tensors: dict, shards: int, folder: Path, stem: str, suffix: str, save) -> None:
    names, of = list(tensors), {}
    for i in range(shards):
        file = f"{stem}-{i + 1:05d}-of-{shards:05d}.{suffix}"
        part = names[i * len(names) // shards:(i + 1) * len(names) // shards]
        save({k: tensors[k] for k in part}, folder / file)
        of.update(dict.fromkeys(part, file))
    write_json(folder / f"{stem}.{suffix}.index.json", {
        "metadata": {"total_size": sum(t.numel() * t.element_size() for t in tensors.values())},
        "weight_map": dict(sorted(of.items()))}, indent=2)


def assert_packed_is_alone(model, docs) -> None:
    with torch.no_grad():
        assert relative(packed_logits(model, docs), torch.cat([logits_of(model, d) for d in docs])) < 2e-6


def family(name: str, what: str, config: dict, make, seed: int, check, **more):
    """`check(model, docs)` compares with a real implementation and says how far they are apart."""
    folder = fixture(f"family-{name}")
    base = rounded(make, config, seed)
    docs = documents(len(base.get_input_embeddings().weight), seed + 2)
    checked = [check(base, docs)]
    assert_packed_is_alone(base, docs)
    store(folder, config, base, **more)
    adapted = with_adapter(base, seed + 1, f"family-{name}")
    save_adapter(adapted, folder / "adapter")
    write_answers(folder, {"base": base, "adapter": adapted}, docs)
    manifest(folder, what, seed, make, checked)
    return base


def manifest(folder: Path, what: str, seed: int, make, checked) -> None:
    write_manifest(folder, what, PACKAGES, seed, checkedAgainst=checked, numbersFrom=(
        f"an independent PyTorch writing of the published math, parity/{make.__module__.replace('.', '/')}.py"))


def check_baichuan(config: dict):
    wanted = PretrainedConfig(**copy.deepcopy(config))
    forward = with_bloom_alibi if baichuan.is_alibi(wanted) else logits_of
    norm_head = baichuan.is_norm_head(wanted)
    skip = {"lm_head.weight"} if norm_head else ()
    return lambda model, docs: same_as(llama(config), model, llama_names(norm_head), docs, forward, skip)


def check_chatglm(config: dict):
    return lambda model, docs: same_as(glm(config), model, glm_names(config), docs)


def check_qwen(config: dict, base: float = 10000.0):
    return lambda model, docs: same_as(qwen2(config, base), model, qwen2_names, docs)


def baichuan_7b_bin(model, seed: int) -> None:
    """The weights of family-baichuan-7b as the vendor publishes them: torch.save, here in two shards."""
    folder = fixture("family-baichuan-7b-bin")
    write_json(folder / "config.json", BAICHUAN_7B, indent=2)
    tensors = {**model.bfloat16().state_dict(), **rotary_buffers(BAICHUAN_7B)}
    write_shards(tensors, 2, folder, "pytorch_model", "bin", torch.save)
    write_logits(folder, model.float(), documents(BAICHUAN_7B["vocab_size"], seed + 2))
    manifest(folder, "family-baichuan-7b as two torch.save files with an index; logits only.", seed,
             baichuan.Baichuan, [])


def chatglm3_32k(seed: int) -> None:
    folder = fixture("family-chatglm3-32k")
    model = rounded(chatglm.ChatGlm, CHATGLM3_32K, seed)
    docs = documents(CHATGLM3_32K["padded_vocab_size"], seed + 2, (12, 60))
    checked = [check_chatglm(CHATGLM3_32K)(model, docs)]
    store(folder, CHATGLM3_32K, model, shards=3, **inv_freq(CHATGLM3_32K))
    write_logits(folder, model, docs)
    manifest(folder, "ChatGLM3-6B-32k: rope_ratio 50 multiplies RoPE's base; in f16, in three shards with an index; "
                     "logits only.", seed, chatglm.ChatGlm, checked)


def inv_freq(config: dict) -> dict:
    return {"transformer.rotary_pos_emb.inv_freq": chatglm.stored_inverse_frequencies(PretrainedConfig(**config))}


def rotary_buffers(config: dict) -> dict:
    """Buffers that Llama-like code of early 2023 wrote into checkpoints; nothing reads them."""
    dim = config["hidden_size"] // config["num_attention_heads"]
    return {f"model.layers.{i}.self_attn.rotary_emb.inv_freq": 1.0 / 10000.0 ** (torch.arange(0, dim, 2).float() / dim)
            for i in range(config["num_hidden_layers"])}


def qwen_long(seed: int) -> None:
    """Lengths below seq_length, in its first doubling (alpha 3) and in its second (alpha 7)."""
    folder = fixture("family-qwen-long")
    model = rounded(qwen.Qwen, QWEN_LONG, seed)
    docs = documents(QWEN_LONG["vocab_size"], seed + 2, (24, 40, 100))
    checked = []
    unscaled = copy.deepcopy(model)
    for block in unscaled.transformer.h:
        block.attn.config.use_logn_attn = False
    for d, alpha in zip(docs, (1, 3, 7)):
        assert qwen.ntk_alpha(len(d), QWEN_LONG["seq_length"]) == alpha
        base = qwen.ntk_base(QWEN_LONG["rotary_emb_base"], alpha, QWEN_LONG["kv_channels"])
        checked.append({"length": len(d), "alpha": alpha, "logn": False,
                        **check_qwen(QWEN_LONG, base)(unscaled, [d])})
    with torch.no_grad():
        training = {f"train.logits.{i}": logits_of(model.train(), d) for i, d in enumerate(docs)}
    write_logits(folder, model.eval(), docs, **training)
    store(folder, QWEN_LONG, model)
    manifest(folder, "Qwen beyond seq_length 32. base.logits.N: evaluation, with a larger RoPE base (use_dynamic_ntk) "
                     "and queries scaled (use_logn_attn). train.logits.N: training, with neither.",
             seed, qwen.Qwen, checked)


if __name__ == "__main__":
    family("chatglm3", "ChatGLM3-6B: one fused projection with a bias for q, k, v of 4 query heads and 2 groups, pairs "
                       "of the first half of each head rotated, fused gate and up, an unused inv_freq in the file; "
                       "in f16.", CHATGLM3, chatglm.ChatGlm, SEED, check_chatglm(CHATGLM3), **inv_freq(CHATGLM3))
    chatglm3_32k(SEED + 10)
    family("qwen", "Qwen (first version): fused c_attn with a bias, w2 is the gate, intermediate_size counts w1 and w2; "
                   "in bf16.", QWEN, qwen.Qwen, SEED + 20, check_qwen(QWEN))
    qwen_long(SEED + 30)
    baichuan_7b = family(
        "baichuan-7b", "Baichuan-7B: W_pack, RoPE, plain head, unused inv_freq buffers in the file; in bf16.",
        BAICHUAN_7B, baichuan.Baichuan, SEED + 40, check_baichuan(BAICHUAN_7B), **rotary_buffers(BAICHUAN_7B))
    baichuan_7b_bin(baichuan_7b, SEED + 40)
    family("baichuan2-7b", "Baichuan2-7B: W_pack, RoPE, NormHead; in bf16.",
           BAICHUAN2_7B, baichuan.Baichuan, SEED + 50, check_baichuan(BAICHUAN2_7B))
    family("baichuan-13b", "Baichuan-13B: W_pack, ALiBi with 5 heads (slopes of 4 and the first of 8), plain head; in "
                           "bf16.", BAICHUAN_13B, baichuan.Baichuan, SEED + 60, check_baichuan(BAICHUAN_13B))
    family("baichuan2-13b", "Baichuan2-13B: W_pack, ALiBi with 4 heads, NormHead; in bf16.",
           BAICHUAN2_13B, baichuan.Baichuan, SEED + 70, check_baichuan(BAICHUAN2_13B))
