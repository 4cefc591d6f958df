"""Baichuan 7B, 13B, 2-7B and 2-13B. Written from the published facts, not from the vendor's code.

Of one fused projection W_pack come q, k and v. 7B has RoPE (rotate half), 13B has ALiBi and no rotation. Baichuan 2
has NormHead: logits are taken with the rows of the output head scaled to length 1.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

from .parts import Decoder, RMSNorm, angles, attend, heads, may_attend, rotate_half


def is_alibi(config) -> bool:
    """7B says max_position_embeddings; 13B says only model_max_length."""
    return not hasattr(config, "max_position_embeddings")


def is_norm_head(config) -> bool:
    """Baichuan 2 says which tokenizer class it wants; version 1 does not."""
    return getattr(config, "tokenizer_class", None) == "BaichuanTokenizer"


def alibi_slopes(count: int) -> torch.Tensor:
    """2^(−8k/n), k = 1…n, for n heads; no power of two: those of the next lower n, then every other one of 2n."""
    def of_power_of_two(n):
        return [2 ** (-8 * k / n) for k in range(1, n + 1)]

    lower = 2 ** math.floor(math.log2(count))
    return torch.tensor(of_power_of_two(lower) + of_power_of_two(2 * lower)[0::2][:count - lower])


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.count = config.num_attention_heads
        self.slopes = alibi_slopes(self.count) if is_alibi(config) else None
        self.W_pack = nn.Linear(config.hidden_size, 3 * config.hidden_size, bias=False)
        self.o_proj = nn.Linear(config.hidden_size, config.hidden_size, bias=False)

    def forward(self, x, positions):
        q, k, v = (heads(t, self.count) for t in self.W_pack(x).chunk(3, -1))
        if self.slopes is not None:
            distance = positions[None, :] - positions[:, None]
            bias = self.slopes.to(x.dtype)[:, None, None] * distance
            return self.o_proj(attend(q, k, v, may_attend(positions), bias))
        angle = angles(positions, q.shape[-1], 10000.0)
        return self.o_proj(attend(rotate_half(q, angle), rotate_half(k, angle), v, may_attend(positions)))


class Mlp(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.intermediate_size, bias=False)
        self.down_proj = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.self_attn = Attention(config)
        self.mlp = Mlp(config)
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)

    def forward(self, x, positions):
        x = x + self.self_attn(self.input_layernorm(x), positions)
        return x + self.mlp(self.post_attention_layernorm(x))


class Stack(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)

    def forward(self, ids, positions):
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x, positions)
        return self.norm(x)


class NormHead(nn.Module):
    """No nn.Linear, so PEFT's all-linear leaves it alone."""

    def __init__(self, hidden: int, vocabulary: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(vocabulary, hidden))

    def forward(self, x):
        return x @ F.normalize(self.weight).T


class Baichuan(Decoder):
    def __init__(self, config):
        super().__init__(config)
        self.model = Stack(config)
        self.lm_head = (NormHead(config.hidden_size, config.vocab_size) if is_norm_head(config)
                        else nn.Linear(config.hidden_size, config.vocab_size, bias=False))
        self.post_init()

    def logits(self, ids, positions):
        return self.lm_head(self.model(ids, positions))

    def get_input_embeddings(self):
        return self.model.embed_tokens

    def get_output_embeddings(self):
        return self.lm_head
