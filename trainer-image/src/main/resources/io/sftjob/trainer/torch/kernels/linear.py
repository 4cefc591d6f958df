# A linear m = [W [out, in], b [out] or empty], or the list of quant.py for a quantized W, and, if adapted, A [r, in],
# B [out, r] in float32 and their scale: one number that always lies on the CPU, so that reading it waits for no GPU.
# seed is that of the dropout mask: the same seed, the same mask.

def linear(x: Tensor, m: List[Tensor], dropout: float, seed: int) -> Tensor:
  """x Wᵀ + b + scale · drop(x) Aᵀ Bᵀ. Never recorded: `backward` has the gradients."""
  w = __torch__.linear.weight(m, x.size(-1), x.dtype)
  y = torch.linear(x, w) if m[1].numel() == 0 else torch.linear(x, w, m[1])
  at = __torch__.quant.frozen(m)
  if len(m) == at:
    return y
  return y.addmm_(__torch__.linear.down(x, m, dropout, seed), m[at + 1].to(x.dtype).t(), beta=1., alpha=float(m[at + 2].item()))

def weight(m: List[Tensor], in_features: int, dtype: int) -> Tensor:
  """W, dense; if it is quantized, in memory that the next call uses again."""
  out_features = m[0].size(0) if m[0].dtype != 0 else 2 * m[0].numel() // in_features
  return __torch__.quant.weight(m, out_features, in_features, dtype)

def adapted(x: Tensor, m: List[Tensor], dropout: float, seed: int) -> Tensor:
  """The adapter's part alone."""
  at = __torch__.quant.frozen(m)
  none = torch.zeros([1], dtype=x.dtype, device=x.device)
  return torch.addmm(none, __torch__.linear.down(x, m, dropout, seed), m[at + 1].to(x.dtype).t(), beta=0., alpha=float(m[at + 2].item()))

def is_adapted(m: List[Tensor]) -> bool:
  return len(m) > __torch__.quant.frozen(m)

def any_adapted(ms: List[List[Tensor]]) -> bool:
  for m in ms:
    if __torch__.linear.is_adapted(m):
      return True
  return False

def down(x: Tensor, m: List[Tensor], dropout: float, seed: int) -> Tensor:
  """drop(x) Aᵀ."""
  a = m[__torch__.quant.frozen(m)].to(x.dtype)
  if dropout > 0.0:
    torch.manual_seed(seed)
    return torch.linear(torch.dropout(x, dropout, True), a)
  return torch.linear(x, a)

def backward(x: Tensor, ms: List[List[Tensor]], grads: List[Tensor], dropout: float, seeds: List[int]) -> bool:
  """Sends the gradients of the outputs of linears that all take x, into x's graph if it has one, and into the adapters."""
  roots, towards = annotate(List[Tensor], []), annotate(List[Optional[Tensor]], [])
  if x.requires_grad:
    total = torch.matmul(grads[0], __torch__.linear.weight(ms[0], x.size(-1), x.dtype))
    for i in range(1, len(ms)):
      total = total.addmm_(grads[i], __torch__.linear.weight(ms[i], x.size(-1), x.dtype), beta=1., alpha=1.)
    roots.append(x)
    towards.append(total)
  for i in range(len(ms)):
    if __torch__.linear.is_adapted(ms[i]):
      roots.append(__torch__.linear.adapted(x, ms[i], dropout, seeds[i]))
      towards.append(grads[i])
  if len(roots) > 0:
    torch.backward(roots, towards)
  return len(roots) > 0
