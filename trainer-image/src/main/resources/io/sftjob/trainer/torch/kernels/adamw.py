def gradients(params: List[Tensor]) -> List[Tensor]:
  found = annotate(List[Tensor], [])
  for p in params:
    g = p.grad
    if g is not None:
      found.append(g)
  return found

def zero_grad(params: List[Tensor]) -> bool:
  grads = __torch__.adamw.gradients(params)
  if len(grads) > 0:
    torch._foreach_zero_(grads)
  return len(grads) > 0

def step(params: List[Tensor], exp_avgs: List[Tensor], exp_avg_sqs: List[Tensor],
         step: int, lr: float, beta1: float, beta2: float, eps: float, weight_decay: float, max_norm: float, loss_scale: float) -> float:
  """AdamW on gradients of loss_scale times the loss, unscaled, then clipped to a global norm (0: not clipped), which are zeroed.
  Returns the norm before clipping; if it is not finite, nothing but the gradients is changed."""
  grads = __torch__.adamw.gradients(params)
  if loss_scale != 1.0:
    torch._foreach_mul_(grads, 1.0 / loss_scale)
  norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(grads, 2)))
  found = float(norm.item())
  if found - found == 0.0:
    if max_norm > 0.0 and found > max_norm:
      torch._foreach_mul_(grads, max_norm / (found + 1e-6))
    steps = annotate(List[Tensor], [])
    count = torch.full([], step, dtype=6, device=norm.device)
    for _ in params:
      steps.append(count)
    torch._fused_adamw_(params, grads, exp_avgs, exp_avg_sqs, annotate(List[Tensor], []), steps,
        lr=lr, beta1=beta1, beta2=beta2, weight_decay=weight_decay, eps=eps, amsgrad=False, maximize=False)
  torch._foreach_zero_(grads)
  return found
