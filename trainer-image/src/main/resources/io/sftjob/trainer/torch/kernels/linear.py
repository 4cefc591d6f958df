# A linear m = [W [out, in], b [out] or empty], or the list of quant.py for a quantized W, and, if adapted, A [r, in],
# B [out, r] in float32 and their scale: one number that always lies on the CPU, so that reading it waits for no GPU.

def linear(x: Tensor, m: List[Tensor], dropout: float) -> Tensor:
  """x Wᵀ + b + scale · drop(x) Aᵀ Bᵀ."""
  w = __torch__.linear.weight(m, x.size(-1), x.dtype)
  y = torch.linear(x, w) if m[1].numel() == 0 else torch.linear(x, w, m[1])
  at = __torch__.quant.frozen(m)
  if len(m) == at:
    return y
  return y.addmm_(__torch__.linear.down(x, m, dropout), m[at + 1].to(x.dtype).t(), beta=1., alpha=float(m[at + 2].item()))

def weight(m: List[Tensor], in_features: int, dtype: int) -> Tensor:
  """W, dense."""
  out_features = m[0].size(0) if m[0].dtype != 0 else 2 * m[0].numel() // in_features
  return __torch__.quant.weight(m, out_features, in_features, dtype)

def adapted(x: Tensor, m: List[Tensor], dropout: float) -> Tensor:
  """The adapter's part alone."""
  at = __torch__.quant.frozen(m)
  none = torch.zeros([1], dtype=x.dtype, device=x.device)
  return torch.addmm(none, __torch__.linear.down(x, m, dropout), m[at + 1].to(x.dtype).t(), beta=0., alpha=float(m[at + 2].item()))

def is_adapted(m: List[Tensor]) -> bool:
  return len(m) > __torch__.quant.frozen(m)

def down(x: Tensor, m: List[Tensor], dropout: float) -> Tensor:
  """drop(x) Aᵀ."""
  a = m[__torch__.quant.frozen(m)].to(x.dtype)
  return torch.linear(torch.dropout(x, dropout, True) if dropout > 0.0 else x, a)
