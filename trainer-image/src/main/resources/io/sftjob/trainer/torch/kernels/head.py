# Negative log-likelihood of targets [N] under softmax(h Wᵀ), h [N, hidden], W [vocab, hidden]:
# logits exist for one chunk of rows at a time.

def evaluate(h: Tensor, w: Tensor, targets: Tensor, chunk: int) -> Tensor:
  """[3] float32, sums over the targets: the loss, how often the target is the likeliest token, the entropy in nats."""
  total = torch.zeros([3], dtype=6, device=h.device)
  for start in range(0, h.size(0), chunk):
    logp = torch.log_softmax(torch.linear(h[start:start + chunk], w), -1, dtype=6)
    y = targets[start:start + chunk]
    total[0] -= logp.gather(1, y.unsqueeze(1)).sum()
    total[1] += (logp.argmax(-1) == y).sum()
    total[2] -= (logp.exp() * logp).sum()
  return total

def loss_and_grad(h: Tensor, w: Tensor, targets: Tensor, divisor: float, chunk: int,
                  own: List[Tensor], normalised: bool, dft: bool, z: float) -> Tuple[Tensor, Tensor]:
  """The sum, and d(sum / divisor)/dh = (softmax - onehot) W / divisor, both without a graph. If W comes from a leaf of
  whole.py, own = [leaf], and d(sum / divisor)/dW = (softmax - onehot)ᵀ h / divisor goes into its gradient.
  With dft, each target's term has its own probability as a constant factor (Dynamic Fine-Tuning, arXiv 2508.05629).
  A divisor with a loss scale in it keeps small probabilities in float16's range, if it is applied before they are rounded.
  Rows of h behind the N of the targets are for Baichuan 2's z-loss, to which each adds z · (largest logit)²."""
  factor = 1.0 / divisor
  early = h.dtype == 5
  late = 1.0 if early else factor
  n = targets.size(0)
  total = torch.zeros([], dtype=6, device=h.device)
  grad = torch.empty_like(h)
  sums = annotate(List[Tensor], [])
  for leaf in own:
    sums.append(torch.zeros_like(leaf) if normalised else __torch__.whole.gradient(leaf))
  for start in range(0, n, chunk):
    end = min(start + chunk, n)
    part = h[start:end]
    y = targets[start:end].unsqueeze(1)
    p = torch.log_softmax(torch.linear(part, w), -1, dtype=6)
    logp = p.gather(1, y)
    total -= (logp.exp() * logp).sum() if dft else logp.sum()
    p.exp_()
    p.scatter_add_(1, y, torch.full_like(y, -1.0, dtype=6))
    if dft:
      p.mul_(logp.exp())
    if early:
      p.mul_(factor)
    grad[start:end].copy_(torch.matmul(p.to(h.dtype), w))
    for sum in sums:
      sum.addmm_(p.t(), part.to(6), beta=1., alpha=late)
  for start in range(n, h.size(0), chunk):
    part = h[start:start + chunk]
    top, at = torch.max(torch.linear(part, w).to(6), -1)
    total += (top * top).sum() * (z * divisor)
    pull = (top * (2.0 * z)).unsqueeze(1)
    grad[start:start + chunk].copy_(pull * w.index_select(0, at) * (1.0 / late))
    for sum in sums:
      sum.index_add_(0, at, pull * part.to(6), alpha=1.0)
  if normalised:
    for i in range(len(own)):
      __torch__.whole.add_unit_rows_grad(own[i], sums[i])
  return total, grad if early else grad.mul_(factor)
