# A pre-norm decoder layer: x + attention(norm(x)), then x + down(swiglu(norm(x))). x [T, hidden], all documents end to end.
# norms = [before attention, before mlp] or these and [of each query head, of each key head]; the linears are lists as in
# linear.py; one that gives q, k and v (or gate and up) at once comes as q (gate), and the others are empty.
# shape = [heads, kv_heads, head_dim]; rope = the tables of rope.py.
# outs = what the linears before the last gave, [q, k, v, o, gate, up], empty tensors for the linears that are not there.

def outputs(x: Tensor, norms: List[Tensor], eps: float,
            q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor],
            dropout: float, seed: int, shape: List[int], rope: List[Tensor], pairing: str,
            kind: str, mask: Tensor, lengths: List[int]) -> List[Tensor]:
  """outs. Nothing is recorded."""
  none = torch.empty([0], dtype=x.dtype, device=x.device)
  h = __torch__.norm.rms_norm(x, norms[0], eps)
  qs = __torch__.linear.linear(h, q, dropout, seed)
  ks = none if len(k) == 0 else __torch__.linear.linear(h, k, dropout, seed ^ 1)
  vs = none if len(v) == 0 else __torch__.linear.linear(h, v, dropout, seed ^ 2)
  a = __torch__.layer.attend(qs, ks, vs, norms, eps, shape, rope, pairing, kind, mask, lengths)
  os = __torch__.linear.linear(a, o, dropout, seed ^ 3)
  h = __torch__.norm.rms_norm(x + os, norms[1], eps)
  g = __torch__.linear.linear(h, gate, dropout, seed ^ 4)
  u = none if len(up) == 0 else __torch__.linear.linear(h, up, dropout, seed ^ 5)
  return [qs, ks, vs, os, g, u]

def value(x: Tensor, outs: List[Tensor], down: List[Tensor], dropout: float, seed: int) -> Tensor:
  """The layer's, from what `outputs` gave."""
  return (x + outs[3]).add_(__torch__.linear.linear(__torch__.layer.swiglu(outs[4], outs[5]), down, dropout, seed ^ 6))

def backward(x: Tensor, outs: List[Tensor], grad: Tensor, further: bool, norms: List[Tensor], eps: float,
             q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor],
             dropout: float, seed: int, shape: List[int], rope: List[Tensor], pairing: str,
             kind: str, mask: Tensor, lengths: List[int]) -> Tensor:
  """The gradient with respect to x, if it goes further (else nothing), from grad = dloss/dvalue; the adapters gather theirs.
  The graph is cut at the linears' outputs, which are there already: between them it is recorded anew, and no large product of the
  forward pass is computed again. The value of the last linear is not needed at all."""
  qkv, seeds = [q], [seed]
  if len(k) > 0:
    qkv, seeds = [q, k, v], [seed, seed ^ 1, seed ^ 2]
  gate_up = [gate] if len(up) == 0 else [gate, up]
  reach_qkv = further or __torch__.linear.any_adapted(qkv)
  reach_o = reach_qkv or __torch__.linear.is_adapted(o)
  reach_mlp = reach_o or __torch__.linear.any_adapted(gate_up)
  none = torch.empty([0], dtype=x.dtype, device=x.device)

  g, u = __torch__.layer.leaf(outs[4], reach_mlp), __torch__.layer.leaf(outs[5], reach_mlp)
  __torch__.linear.backward(__torch__.layer.swiglu(g, u), [down], [grad], dropout, [seed ^ 6])
  if not reach_mlp:
    return none

  middle = __torch__.layer.leaf(x + outs[3], reach_o)
  h = __torch__.norm.rms_norm(middle, norms[1], eps)
  __torch__.linear.backward(h, gate_up, __torch__.layer.gradients([g, u], len(gate_up)), dropout, [seed ^ 4, seed ^ 5])
  if not reach_o:
    return none

  grad = grad + __torch__.whole.gradient(middle)
  qs, ks, vs = __torch__.layer.leaf(outs[0], reach_qkv), __torch__.layer.leaf(outs[1], reach_qkv), __torch__.layer.leaf(outs[2], reach_qkv)
  a = __torch__.layer.attend(qs, ks, vs, norms, eps, shape, rope, pairing, kind, mask, lengths)
  __torch__.linear.backward(a, [o], [grad], dropout, [seed ^ 3])
  if not reach_qkv:
    return none

  below = __torch__.layer.leaf(x, further)
  h = __torch__.norm.rms_norm(below, norms[0], eps)
  __torch__.linear.backward(h, qkv, __torch__.layer.gradients([qs, ks, vs], len(qkv)), dropout, seeds)
  return grad.add_(__torch__.whole.gradient(below)) if further else none

def leaf(x: Tensor, live: bool) -> Tensor:
  """The same values at the bottom of a new graph, if gradients are to reach them."""
  return x.detach().requires_grad_(live and x.numel() > 0)

def gradients(leaves: List[Tensor], count: int) -> List[Tensor]:
  """Those of the first leaves."""
  found = annotate(List[Tensor], [])
  for i in range(count):
    found.append(__torch__.whole.gradient(leaves[i]))
  return found

def forward_cached(x: Tensor, norms: List[Tensor], eps: float,
                   q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor],
                   shape: List[int], rope: List[Tensor], pairing: str, mask: Tensor,
                   keys: Tensor, values: Tensor, start: int) -> Tensor:
  """One document from position `start` on; keys and values [max, kv_heads, d] hold what came before and take what comes."""
  n = x.size(0)
  none = torch.empty([0], dtype=x.dtype, device=x.device)
  h = __torch__.norm.rms_norm(x, norms[0], eps)
  qs = __torch__.linear.linear(h, q, 0.0, 0)
  ks = none if len(k) == 0 else __torch__.linear.linear(h, k, 0.0, 0)
  vs = none if len(v) == 0 else __torch__.linear.linear(h, v, 0.0, 0)
  qs, ks, vs = __torch__.layer.heads(qs, ks, vs, norms, eps, shape, rope, pairing)
  keys[start:start + n].copy_(ks)
  values[start:start + n].copy_(vs)
  a = __torch__.attention.cached(qs, keys[:start + n], values[:start + n], mask)
  x = x + __torch__.linear.linear(a, o, 0.0, 0)
  h = __torch__.norm.rms_norm(x, norms[1], eps)
  g = __torch__.linear.linear(h, gate, 0.0, 0)
  u = none if len(up) == 0 else __torch__.linear.linear(h, up, 0.0, 0)
  return x + __torch__.linear.linear(__torch__.layer.swiglu(g, u), down, 0.0, 0)

def attend(q: Tensor, k: Tensor, v: Tensor, norms: List[Tensor], eps: float, shape: List[int], rope: List[Tensor], pairing: str,
           kind: str, mask: Tensor, lengths: List[int]) -> Tensor:
  """What the o linear takes, from what the q, k and v linears gave."""
  qs, ks, vs = __torch__.layer.heads(q, k, v, norms, eps, shape, rope, pairing)
  return __torch__.attention.attend(qs, ks, vs, kind, mask, lengths)

def heads(q: Tensor, k: Tensor, v: Tensor, norms: List[Tensor], eps: float,
          shape: List[int], rope: List[Tensor], pairing: str) -> Tuple[Tensor, Tensor, Tensor]:
  """Queries [T, heads, d], keys and values [T, kv_heads, d], positions applied."""
  n, d = q.size(0), shape[2]
  qs = q.view(n, -1, d)
  if k.numel() == 0:
    at = shape[0] + shape[1]
    qs, ks, vs = qs[:, :shape[0]], qs[:, shape[0]:at], qs[:, at:]
  else:
    ks, vs = k.view(n, -1, d), v.view(n, -1, d)
  if len(norms) > 2:
    qs = __torch__.norm.rms_norm(qs, norms[2], eps)
    ks = __torch__.norm.rms_norm(ks, norms[3], eps)
  return __torch__.rope.queries(qs, pairing, rope), __torch__.rope.rotate(ks, pairing, rope), vs

def swiglu(g: Tensor, u: Tensor) -> Tensor:
  """silu(gate) · up."""
  if u.numel() == 0:
    half = g.size(-1) // 2
    return torch.silu(g[:, :half]) * g[:, half:]
  return torch.silu(g) * u
