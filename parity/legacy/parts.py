"""Parts that the older decoders share. Activations of one packed row are [tokens, hidden]; positions are [tokens]."""
import torch
from torch import nn
from transformers import GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput


class RMSNorm(nn.Module):
    """x / sqrt(mean(x²) + eps) · weight."""

    def __init__(self, size: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


def may_attend(positions):
    """[tokens, tokens]: a token sees itself and what is before it in its document. Documents begin at position 0."""
    document = (positions == 0).cumsum(0)
    return (document[:, None] == document[None, :]).tril()


def angles(positions, dim: int, base: float):
    """[tokens, dim / 2]: position · base^(−2i / dim)."""
    inverse = 1.0 / base ** (torch.arange(0, dim, 2, dtype=torch.int64).float() / dim)
    return torch.outer(positions.float(), inverse)


def rotate_half(x, angle):
    """Rotates dimension i with dimension i + dim/2 of [heads, tokens, dim]."""
    first, second = x.chunk(2, -1)
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), -1)


def rotate_pairs(x, angle):
    """Rotates dimensions 2i and 2i + 1 of the first 2 · angle.shape[-1]; those after stay."""
    turned, kept = x.split([2 * angle.shape[-1], x.shape[-1] - 2 * angle.shape[-1]], -1)
    even, odd = turned[..., 0::2], turned[..., 1::2]
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    turned = torch.stack((even * cos - odd * sin, odd * cos + even * sin), -1).flatten(-2)
    return torch.cat((turned, kept), -1)


def heads(x, count: int):
    """[tokens, count · dim] → [count, tokens, dim]."""
    return x.unflatten(-1, (count, -1)).transpose(0, 1)


def attend(q, k, v, allowed, bias=0.0):
    """softmax(q·kᵀ/√dim + bias)·v with fewer k and v heads repeated. → [tokens, heads · dim]."""
    k, v = (t.repeat_interleave(q.shape[0] // t.shape[0], 0) for t in (k, v))
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 + bias
    weights = scores.masked_fill(~allowed, float("-inf")).softmax(-1)
    return (weights @ v).transpose(0, 1).flatten(-2)


class Decoder(PreTrainedModel, GenerationMixin):
    """What PEFT and the fixtures ask of a causal model. A family gives `logits(ids, positions)` and the two ends."""
    config_class = PretrainedConfig

    def forward(self, input_ids, position_ids=None, use_cache=False, **_):
        ids = input_ids.squeeze(0)
        positions = torch.arange(len(ids)) if position_ids is None else position_ids.squeeze(0)
        return CausalLMOutput(logits=self.logits(ids, positions).unsqueeze(0))
