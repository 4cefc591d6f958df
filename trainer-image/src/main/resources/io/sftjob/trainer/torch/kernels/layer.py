# A pre-norm decoder layer: x + attention(norm(x)), then x + down(swiglu(norm(x))). x [T, hidden], all documents end to end.
# norms = [before attention, before mlp]; the linears are lists as in linear.py.

def forward(x: Tensor, norms: List[Tensor], eps: float,
            q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor],
            scale: float, dropout: float, head_dim: int, cos: Tensor, sin: Tensor,
            kind: str, mask: Tensor, lengths: List[int]) -> Tensor:
  x, h = __torch__.layer.before_down(x, norms, eps, q, k, v, o, gate, up, scale, dropout, head_dim, cos, sin, kind, mask, lengths)
  return x + __torch__.linear.linear(h, down, scale, dropout)

def backward(x: Tensor, grad: Tensor, norms: List[Tensor], eps: float,
             q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor],
             scale: float, dropout: float, head_dim: int, cos: Tensor, sin: Tensor,
             kind: str, mask: Tensor, lengths: List[int]) -> bool:
  """Computes the layer again and sends grad = dloss/dforward through it, into x.grad and the adapters' gradients.
  The value of the last linear is not needed for that, so it is not computed: a twelfth of the layer's work."""
  x, h = __torch__.layer.before_down(x, norms, eps, q, k, v, o, gate, up, scale, dropout, head_dim, cos, sin, kind, mask, lengths)
  outs, grads = [x, h], [grad, torch.matmul(grad, down[0])]
  if len(down) > 2:
    outs.append(__torch__.linear.adapted(h, down, scale, dropout))
    grads.append(grad)
  live, towards = annotate(List[Tensor], []), annotate(List[Optional[Tensor]], [])
  for i in range(len(outs)):
    if outs[i].requires_grad:
      live.append(outs[i])
      towards.append(grads[i])
  torch.backward(live, towards)
  return len(live) > 0

def before_down(x: Tensor, norms: List[Tensor], eps: float,
                q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor],
                scale: float, dropout: float, head_dim: int, cos: Tensor, sin: Tensor,
                kind: str, mask: Tensor, lengths: List[int]) -> Tuple[Tensor, Tensor]:
  """The residual after attention, and what the last linear takes."""
  h = __torch__.norm.rms_norm(x, norms[0], eps)
  qs = __torch__.rope.rotate(__torch__.layer.heads(h, q, scale, dropout, head_dim), cos, sin)
  ks = __torch__.rope.rotate(__torch__.layer.heads(h, k, scale, dropout, head_dim), cos, sin)
  vs = __torch__.layer.heads(h, v, scale, dropout, head_dim)
  x = x + __torch__.linear.linear(__torch__.attention.attend(qs, ks, vs, kind, mask, lengths), o, scale, dropout)
  return x, __torch__.layer.swiglu(__torch__.norm.rms_norm(x, norms[1], eps), gate, up, scale, dropout)

def forward_cached(x: Tensor, norms: List[Tensor], eps: float,
                   q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor],
                   scale: float, head_dim: int, cos: Tensor, sin: Tensor,
                   keys: Tensor, values: Tensor, start: int) -> Tensor:
  """One document from position `start` on; keys and values [max, kv_heads, d] hold what came before and take what comes."""
  n = x.size(0)
  h = __torch__.norm.rms_norm(x, norms[0], eps)
  qs = __torch__.rope.rotate(__torch__.layer.heads(h, q, scale, 0.0, head_dim), cos, sin)
  keys[start:start + n].copy_(__torch__.rope.rotate(__torch__.layer.heads(h, k, scale, 0.0, head_dim), cos, sin))
  values[start:start + n].copy_(__torch__.layer.heads(h, v, scale, 0.0, head_dim))
  # The first call sees a whole prompt, the others a single token that may look at everything.
  out = __torch__.attention.fused(qs, keys[:start + n], values[:start + n], None, n > 1)
  x = x + __torch__.linear.linear(out, o, scale, 0.0)
  h = __torch__.layer.swiglu(__torch__.norm.rms_norm(x, norms[1], eps), gate, up, scale, 0.0)
  return x + __torch__.linear.linear(h, down, scale, 0.0)

def heads(h: Tensor, m: List[Tensor], scale: float, dropout: float, head_dim: int) -> Tensor:
  return __torch__.linear.linear(h, m, scale, dropout).view(h.size(0), -1, head_dim)

def swiglu(h: Tensor, gate: List[Tensor], up: List[Tensor], scale: float, dropout: float) -> Tensor:
  """silu(gate(h)) · up(h)."""
  g = torch.silu(__torch__.linear.linear(h, gate, scale, dropout))
  return g * __torch__.linear.linear(h, up, scale, dropout)
