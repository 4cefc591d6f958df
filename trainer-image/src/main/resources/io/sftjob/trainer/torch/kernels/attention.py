# kinds: "sdpa"   one fused causal call per document
#        "bmm"    matmul, softmax, matmul per document: the fastest in bfloat16 on a CPU
#        "masked" one fused call for all documents under a block-diagonal mask: few launches on a GPU

def mask(kind: str, lengths: List[int], like: Tensor) -> Tensor:
  """What `attend` of that kind needs: additive causal [n, n], bool block-diagonal [T, T], or nothing."""
  if kind == "bmm":
    n = max(lengths)
    return torch.full([n, n], float("-inf"), dtype=like.dtype, device=like.device).triu(1)
  if kind == "masked":
    ids = annotate(List[Tensor], [])
    for i in range(len(lengths)):
      ids.append(torch.full([lengths[i]], i, dtype=4, device=like.device))
    document = torch.cat(ids, 0)
    return torch.tril(document.unsqueeze(1) == document.unsqueeze(0))
  return torch.empty([0], dtype=like.dtype, device=like.device)

def attend(q: Tensor, k: Tensor, v: Tensor, kind: str, mask: Tensor, lengths: List[int]) -> Tensor:
  """Causal attention inside each document: q [T, heads, d], k and v [T, kv_heads, d] -> [T, heads · d]."""
  if kind == "masked":
    return __torch__.attention.fused(q, k, v, mask, False)
  outs = annotate(List[Tensor], [])
  start = 0
  for n in lengths:
    qd, kd, vd = q[start:start + n], k[start:start + n], v[start:start + n]
    if kind == "bmm":
      outs.append(__torch__.attention.plain(qd, kd, vd, mask[:n, :n]))
    else:
      outs.append(__torch__.attention.fused(qd, kd, vd, None, True))
    start += n
  return outs[0] if len(outs) == 1 else torch.cat(outs, 0)

def fused(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool) -> Tensor:
  out = torch.scaled_dot_product_attention(
      q.transpose(0, 1).unsqueeze(0), k.transpose(0, 1).unsqueeze(0), v.transpose(0, 1).unsqueeze(0),
      mask, 0.0, causal, scale=None, enable_gqa=q.size(1) != k.size(1))
  return out.squeeze(0).transpose(0, 1).reshape(q.size(0), -1)

def plain(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
  """The query heads of one kv head are stacked as rows, so keys and values are never repeated."""
  n, heads, d = q.size(0), q.size(1), q.size(2)
  kv = k.size(1)
  group = heads // kv
  rows = q.view(n, kv, group, d).permute([1, 2, 0, 3]).reshape(kv, group * n, d)
  scores = torch.baddbmm(mask.repeat([group, 1]), rows, k.permute([1, 2, 0]), beta=1., alpha=d ** -0.5)
  out = torch.bmm(torch.softmax(scores, -1), v.transpose(0, 1))
  return out.view(kv, group, n, d).permute([2, 0, 1, 3]).reshape(n, heads * d)
