# A pre-norm decoder layer: x + attention(norm(x)), then x + down(swiglu(norm(x))). x [T, hidden], all documents end to end.
# norms = [before attention, before mlp] or these and [of each query head, of each key head]; the linears are lists as in
# linear.py; one that gives q, k and v (or gate and up) at once comes as q (gate), and the others are empty.
# shape = [heads, kv_heads, head_dim]; rope = the tables of rope.py.

def forward(x: Tensor, norms: List[Tensor], eps: float,
            q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor],
            dropout: float, shape: List[int], rope: List[Tensor], pairing: str,
            kind: str, mask: Tensor, lengths: List[int]) -> Tensor:
  x, h = __torch__.layer.before_down(x, norms, eps, q, k, v, o, gate, up, dropout, shape, rope, pairing, kind, mask, lengths)
  return x + __torch__.linear.linear(h, down, dropout)

def backward(x: Tensor, grad: Tensor, norms: List[Tensor], eps: float,
             q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor],
             dropout: float, shape: List[int], rope: List[Tensor], pairing: str,
             kind: str, mask: Tensor, lengths: List[int]) -> bool:
  """Computes the layer again and sends grad = dloss/dforward through it, into x.grad and the adapters' gradients.
  The value of the last linear is not needed for that, so it is not computed: a twelfth of the layer's work."""
  x, h = __torch__.layer.before_down(x, norms, eps, q, k, v, o, gate, up, dropout, shape, rope, pairing, kind, mask, lengths)
  outs, grads = [x, h], [grad, torch.matmul(grad, __torch__.linear.weight(down, h.size(-1), h.dtype))]
  if __torch__.linear.is_adapted(down):
    outs.append(__torch__.linear.adapted(h, down, dropout))
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
                dropout: float, shape: List[int], rope: List[Tensor], pairing: str,
                kind: str, mask: Tensor, lengths: List[int]) -> Tuple[Tensor, Tensor]:
  """The residual after attention, and what the last linear takes."""
  h = __torch__.norm.rms_norm(x, norms[0], eps)
  qs, ks, vs = __torch__.layer.heads(h, norms, eps, q, k, v, dropout, shape, rope, pairing)
  x = x + __torch__.linear.linear(__torch__.attention.attend(qs, ks, vs, kind, mask, lengths), o, dropout)
  return x, __torch__.layer.swiglu(__torch__.norm.rms_norm(x, norms[1], eps), gate, up, dropout)

def forward_cached(x: Tensor, norms: List[Tensor], eps: float,
                   q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor],
                   shape: List[int], rope: List[Tensor], pairing: str, mask: Tensor,
                   keys: Tensor, values: Tensor, start: int) -> Tensor:
  """One document from position `start` on; keys and values [max, kv_heads, d] hold what came before and take what comes."""
  n = x.size(0)
  h = __torch__.norm.rms_norm(x, norms[0], eps)
  qs, ks, vs = __torch__.layer.heads(h, norms, eps, q, k, v, 0.0, shape, rope, pairing)
  keys[start:start + n].copy_(ks)
  values[start:start + n].copy_(vs)
  out = __torch__.attention.cached(qs, keys[:start + n], values[:start + n], mask)
  x = x + __torch__.linear.linear(out, o, 0.0)
  h = __torch__.layer.swiglu(__torch__.norm.rms_norm(x, norms[1], eps), gate, up, 0.0)
  return x + __torch__.linear.linear(h, down, 0.0)

def heads(h: Tensor, norms: List[Tensor], eps: float, q: List[Tensor], k: List[Tensor], v: List[Tensor],
          dropout: float, shape: List[int], rope: List[Tensor], pairing: str) -> Tuple[Tensor, Tensor, Tensor]:
  """Queries [T, heads, d], keys and values [T, kv_heads, d], positions applied."""
  n, d = h.size(0), shape[2]
  qs = __torch__.linear.linear(h, q, dropout).view(n, -1, d)
  if len(k) == 0:
    at = shape[0] + shape[1]
    qs, ks, vs = qs[:, :shape[0]], qs[:, shape[0]:at], qs[:, at:]
  else:
    ks = __torch__.linear.linear(h, k, dropout).view(n, -1, d)
    vs = __torch__.linear.linear(h, v, dropout).view(n, -1, d)
  if len(norms) > 2:
    qs = __torch__.norm.rms_norm(qs, norms[2], eps)
    ks = __torch__.norm.rms_norm(ks, norms[3], eps)
  return __torch__.rope.queries(qs, pairing, rope), __torch__.rope.rotate(ks, pairing, rope), vs

def swiglu(h: Tensor, gate: List[Tensor], up: List[Tensor], dropout: float) -> Tensor:
  """silu(gate(h)) · up(h)."""
  g = __torch__.linear.linear(h, gate, dropout)
  if len(up) == 0:
    half = g.size(-1) // 2
    return torch.silu(g[:, :half]) * g[:, half:]
  return torch.silu(g) * __torch__.linear.linear(h, up, dropout)
