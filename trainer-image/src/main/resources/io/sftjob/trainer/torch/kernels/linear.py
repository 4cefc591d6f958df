def linear(x: Tensor, m: List[Tensor], scale: float, dropout: float) -> Tensor:
  """x Wᵀ + b + scale · drop(x) Aᵀ Bᵀ. m = [W [out, in], b [out] or empty] and, if adapted, A [r, in], B [out, r] in float32."""
  y = torch.linear(x, m[0]) if m[1].numel() == 0 else torch.linear(x, m[0], m[1])
  if len(m) == 2:
    return y
  h = torch.dropout(x, dropout, True) if dropout > 0.0 else x
  return y.addmm_(torch.linear(h, m[2].to(x.dtype)), m[3].to(x.dtype).t(), beta=1., alpha=scale)
