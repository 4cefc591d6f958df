# kinds: "half"         dimension i rotates against i + d/2 (rotate_half)
#        "interleaved"  2i against 2i + 1
# d = the head's first dimensions that rotate. Tables: [cos, sin] or [cos, sin, scale of the queries]; empty: nothing rotates.

def tables(lengths: List[int], start: int, inv_freq: Tensor, factor: float, kind: str, like: Tensor) -> Tuple[Tensor, Tensor]:
  """cos and sin of positions that restart at `start` in every document; inv_freq [1 or documents, d/2]; angles in float32.
  half: [T, 1, d], interleaved: [T, 1, d/2]."""
  parts = annotate(List[Tensor], [])
  for i in range(len(lengths)):
    at = torch.arange(start, start + lengths[i], dtype=6, device=inv_freq.device)
    parts.append(at.unsqueeze(1) * inv_freq[i if inv_freq.size(0) > 1 else 0].unsqueeze(0))
  angles = torch.cat(parts, 0)
  if kind == "half":
    angles = torch.cat([angles, angles], 1)
  angles = angles.unsqueeze(1)
  return (angles.cos() * factor).to(like.dtype), (angles.sin() * factor).to(like.dtype)

def logn(lengths: List[int], start: int, base: int, like: Tensor) -> Tensor:
  """[T, 1, 1]: log(position) to that base for positions beyond it, counted from 1; else 1 (Qwen v1's logn_attn)."""
  parts = annotate(List[Tensor], [])
  for n in lengths:
    at = torch.arange(start + 1, start + n + 1, dtype=6, device=like.device)
    parts.append(at)
  at = torch.cat(parts, 0)
  scale = torch.log(at) / torch.log(torch.full([], base, dtype=6, device=like.device))
  return torch.where(at > base, scale, torch.ones_like(scale)).to(like.dtype).view(-1, 1, 1)

def queries(q: Tensor, kind: str, tables: List[Tensor]) -> Tensor:
  q = __torch__.rope.rotate(q, kind, tables)
  return q * tables[2] if len(tables) > 2 else q

def rotate(x: Tensor, kind: str, tables: List[Tensor]) -> Tensor:
  """x [T, n, head_dim]."""
  if len(tables) == 0:
    return x
  cos, sin = tables[0], tables[1]
  if kind == "interleaved":
    d = 2 * cos.size(-1)
    pairs = x[:, :, :d].reshape(x.size(0), x.size(1), d // 2, 2)
    a, b = pairs.select(-1, 0), pairs.select(-1, 1)
    turned = torch.stack([a * cos - b * sin, b * cos + a * sin], -1).reshape(x.size(0), x.size(1), d)
    return torch.cat([turned, x[:, :, d:]], -1)
  h = x.size(-1) // 2
  return x * cos + torch.cat([-x[:, :, h:], x[:, :, :h]], -1) * sin
