"""Qwen (the first version). Written from the published facts, not from the vendor's code.

One fused c_attn with a bias; RoPE rotates halves; the gate of the MLP is w2. `intermediate_size` counts w1 and w2
together. In evaluation, sequences longer than `seq_length` get a larger RoPE base (use_dynamic_ntk) and queries scaled
by log_seq_length(position) (use_logn_attn); training has neither.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

from .parts import Decoder, RMSNorm, angles, attend, heads, may_attend, rotate_half


def ntk_alpha(length: int, trained: int) -> int:
    """max(2^⌈log₂(length / trained) + 1⌉ − 1, 1): 1 up to the trained length, then 3, 7, 15, … per doubling."""
    return max(2 ** math.ceil(math.log2(length / trained) + 1) - 1, 1)


def ntk_base(base: float, alpha: int, dim: int) -> float:
    return base * alpha ** (dim / (dim - 2))


def logn(positions, trained: int):
    """log_trained(i) of the i-th token, counted from 1, beyond the trained length; 1 before."""
    return (torch.log(positions + 1.0) / math.log(trained)).clamp(min=1.0)


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config, self.count = config, config.num_attention_heads
        size = config.kv_channels * self.count
        self.c_attn = nn.Linear(config.hidden_size, 3 * size)
        self.c_proj = nn.Linear(size, config.hidden_size, bias=not config.no_bias)

    def forward(self, x, positions):
        q, k, v = (heads(t, self.count) for t in self.c_attn(x).chunk(3, -1))
        length, trained, dim = int(positions.max()) + 1, self.config.seq_length, self.config.kv_channels
        stretch = length > trained and not self.training
        alpha = ntk_alpha(length, trained) if stretch and self.config.use_dynamic_ntk else 1
        angle = angles(positions, dim, ntk_base(self.config.rotary_emb_base, alpha, dim))
        q, k = rotate_half(q, angle), rotate_half(k, angle)
        if stretch and self.config.use_logn_attn:
            q = q * logn(positions, trained).to(q.dtype)[:, None]
        return self.c_proj(attend(q, k, v, may_attend(positions)))


class Mlp(nn.Module):
    def __init__(self, config):
        super().__init__()
        inner = config.intermediate_size // 2
        self.w1 = nn.Linear(config.hidden_size, inner, bias=not config.no_bias)
        self.w2 = nn.Linear(config.hidden_size, inner, bias=not config.no_bias)
        self.c_proj = nn.Linear(inner, config.hidden_size, bias=not config.no_bias)

    def forward(self, x):
        return self.c_proj(self.w1(x) * F.silu(self.w2(x)))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln_1 = RMSNorm(config.hidden_size, config.layer_norm_epsilon)
        self.attn = Attention(config)
        self.ln_2 = RMSNorm(config.hidden_size, config.layer_norm_epsilon)
        self.mlp = Mlp(config)

    def forward(self, x, positions):
        x = x + self.attn(self.ln_1(x), positions)
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.wte = nn.Embedding(config.vocab_size, config.hidden_size)
        self.h = nn.ModuleList(Block(config) for _ in range(config.num_hidden_layers))
        self.ln_f = RMSNorm(config.hidden_size, config.layer_norm_epsilon)

    def forward(self, ids, positions):
        x = self.wte(ids)
        for block in self.h:
            x = block(x, positions)
        return self.ln_f(x)


class Qwen(Decoder):
    def __init__(self, config):
        super().__init__(config)
        self.transformer = Transformer(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.post_init()

    def logits(self, ids, positions):
        return self.lm_head(self.transformer(ids, positions))

    def get_input_embeddings(self):
        return self.transformer.wte

    def get_output_embeddings(self):
        return self.lm_head
