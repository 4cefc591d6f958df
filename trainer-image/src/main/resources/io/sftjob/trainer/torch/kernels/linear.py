# A linear m = [W [out, in], b [out] or empty] and, if adapted, A [r, in], B [out, r] in float32 and their scale: one
# number that always lies on the CPU, so that reading it waits for no GPU.

def linear(x: Tensor, m: List[Tensor], dropout: float) -> Tensor:
  """x Wᵀ + b + scale · drop(x) Aᵀ Bᵀ."""
  y = torch.linear(x, m[0]) if m[1].numel() == 0 else torch.linear(x, m[0], m[1])
  if len(m) == 2:
    return y
  return y.addmm_(__torch__.linear.down(x, m, dropout), m[3].to(x.dtype).t(), beta=1., alpha=float(m[4].item()))

def adapted(x: Tensor, m: List[Tensor], dropout: float) -> Tensor:
  """The adapter's part alone."""
  none = torch.zeros([1], dtype=x.dtype, device=x.device)
  return torch.addmm(none, __torch__.linear.down(x, m, dropout), m[3].to(x.dtype).t(), beta=0., alpha=float(m[4].item()))

def down(x: Tensor, m: List[Tensor], dropout: float) -> Tensor:
  """drop(x) Aᵀ."""
  return torch.linear(torch.dropout(x, dropout, True) if dropout > 0.0 else x, m[2].to(x.dtype))
