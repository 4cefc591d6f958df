"""ChatGLM3-6B (and ChatGLM2-6B, the same network). Written from the published facts, not from the vendor's code.

Few key and value heads ("multi-query groups"), one fused projection with a bias for q, k and v, one fused projection
for gate and up. RoPE turns pairs (2i, 2i + 1) of the first half of each head; the second half stays. The 32k variant
multiplies RoPE's base by rope_ratio.
"""
import torch
import torch.nn.functional as F
from torch import nn

from .parts import Decoder, RMSNorm, angles, attend, heads, may_attend, rotate_pairs


class SelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.count, self.groups = config.num_attention_heads, config.multi_query_group_num
        self.head_dim, self.base = config.kv_channels, 10000.0 * getattr(config, "rope_ratio", 1)
        self.sizes = [self.head_dim * n for n in (self.count, self.groups, self.groups)]
        self.query_key_value = nn.Linear(config.hidden_size, sum(self.sizes), bias=config.add_qkv_bias)
        self.dense = nn.Linear(self.head_dim * self.count, config.hidden_size, bias=False)

    def forward(self, x, positions):
        q, k, v = self.query_key_value(x).split(self.sizes, -1)
        q, k, v = heads(q, self.count), heads(k, self.groups), heads(v, self.groups)
        angle = angles(positions, self.head_dim // 2, self.base)
        return self.dense(attend(rotate_pairs(q, angle), rotate_pairs(k, angle), v, may_attend(positions)))


class Mlp(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.dense_h_to_4h = nn.Linear(config.hidden_size, 2 * config.ffn_hidden_size, bias=False)
        self.dense_4h_to_h = nn.Linear(config.ffn_hidden_size, config.hidden_size, bias=False)

    def forward(self, x):
        gate, up = self.dense_h_to_4h(x).chunk(2, -1)
        return self.dense_4h_to_h(F.silu(gate) * up)


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.input_layernorm = RMSNorm(config.hidden_size, config.layernorm_epsilon)
        self.self_attention = SelfAttention(config)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.layernorm_epsilon)
        self.mlp = Mlp(config)

    def forward(self, x, positions):
        x = x + self.self_attention(self.input_layernorm(x), positions)
        return x + self.mlp(self.post_attention_layernorm(x))


class Embedding(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.word_embeddings = nn.Embedding(config.padded_vocab_size, config.hidden_size)


class Encoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layers = nn.ModuleList(Block(config) for _ in range(config.num_layers))
        self.final_layernorm = RMSNorm(config.hidden_size, config.layernorm_epsilon)


class Transformer(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embedding = Embedding(config)
        self.encoder = Encoder(config)
        self.output_layer = nn.Linear(config.hidden_size, config.padded_vocab_size, bias=False)

    def forward(self, ids, positions):
        x = self.embedding.word_embeddings(ids)
        for layer in self.encoder.layers:
            x = layer(x, positions)
        return self.output_layer(self.encoder.final_layernorm(x))


class ChatGlm(Decoder):
    def __init__(self, config):
        super().__init__(config)
        self.transformer = Transformer(config)
        self.post_init()

    def logits(self, ids, positions):
        return self.transformer(ids, positions)

    def get_input_embeddings(self):
        return self.transformer.embedding.word_embeddings

    def get_output_embeddings(self):
        return self.transformer.output_layer


def stored_inverse_frequencies(config) -> torch.Tensor:
    """transformer.rotary_pos_emb.inv_freq: a buffer that the published files carry, in f16, and nothing reads."""
    dim = config.kv_channels // 2
    return (1.0 / 10000.0 ** (torch.arange(0, dim, 2).float() / dim)).half()
