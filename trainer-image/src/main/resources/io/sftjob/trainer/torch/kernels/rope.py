def tables(lengths: List[int], start: int, inv_freq: Tensor, like: Tensor) -> Tuple[Tensor, Tensor]:
  """cos and sin [T, 1, d] of positions that restart at `start` in every document; angles in float32."""
  parts = annotate(List[Tensor], [])
  for n in lengths:
    parts.append(torch.arange(start, start + n, dtype=6, device=inv_freq.device))
  angles = torch.cat(parts, 0).unsqueeze(1) * inv_freq.unsqueeze(0)
  both = torch.cat([angles, angles], 1).unsqueeze(1)
  return both.cos().to(like.dtype), both.sin().to(like.dtype)

def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  """x [T, n, d] with its halves rotated against each other (rotate_half)."""
  h = x.size(-1) // 2
  return x * cos + torch.cat([-x[:, :, h:], x[:, :, :h]], -1) * sin
