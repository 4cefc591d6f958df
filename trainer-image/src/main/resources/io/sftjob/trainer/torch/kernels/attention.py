# kinds: "sdpa"   one fused causal call per document
#        "bmm"    matmul, softmax, matmul per document: the fastest in bfloat16 on a CPU
#        "masked" one fused call for all documents under a block-diagonal mask: few launches on a GPU

def mask(kind: str, lengths: List[int], slopes: Tensor, like: Tensor) -> Tensor:
  """What `attend` of that kind needs: additive causal [n, n], bool block-diagonal [T, T], or nothing.
  With slopes [heads] (ALiBi) additive and for each head: [heads, n, n] or [heads, T, T]."""
  if kind == "masked":
    same = __torch__.attention.block_diagonal(lengths, like)
    if slopes.numel() == 0:
      return same
    apart = torch.full_like(same, float("-inf"), dtype=6).masked_fill(same, 0.0)
    return (__torch__.attention.distance(same.size(0), 0, slopes) + apart).to(like.dtype)
  n = max(lengths)
  causal = torch.full([n, n], float("-inf"), dtype=6, device=like.device).triu(1)
  if slopes.numel() > 0:
    return (__torch__.attention.distance(n, 0, slopes) + causal).to(like.dtype)
  if kind == "bmm":
    return causal.to(like.dtype)
  return torch.empty([0], dtype=like.dtype, device=like.device)

def block_diagonal(lengths: List[int], like: Tensor) -> Tensor:
  ids = annotate(List[Tensor], [])
  for i in range(len(lengths)):
    ids.append(torch.full([lengths[i]], i, dtype=4, device=like.device))
  document = torch.cat(ids, 0)
  return torch.tril(document.unsqueeze(1) == document.unsqueeze(0))

def distance(n: int, start: int, slopes: Tensor) -> Tensor:
  """ALiBi's slope · (j - i), [heads, n, start + n], for queries i from `start` on and all keys j before them."""
  i = torch.arange(start, start + n, dtype=6, device=slopes.device).unsqueeze(1)
  j = torch.arange(start + n, dtype=6, device=slopes.device).unsqueeze(0)
  return slopes.view(-1, 1, 1) * (j - i)

def cached_mask(n: int, start: int, slopes: Tensor, like: Tensor) -> Tensor:
  """For `n` queries from `start` on; several only from 0 on. Empty without slopes."""
  if slopes.numel() == 0:
    return torch.empty([0], dtype=like.dtype, device=like.device)
  causal = torch.full([n, start + n], float("-inf"), dtype=6, device=like.device).triu(start + 1)
  return (__torch__.attention.distance(n, start, slopes) + causal).to(like.dtype)

def attend(q: Tensor, k: Tensor, v: Tensor, kind: str, mask: Tensor, lengths: List[int]) -> Tensor:
  """Causal attention inside each document: q [T, heads, d], k and v [T, kv_heads, d] -> [T, heads · d]."""
  if kind == "masked":
    return __torch__.attention.fused(q, k, v, mask, False)
  outs = annotate(List[Tensor], [])
  start = 0
  for n in lengths:
    qd, kd, vd = q[start:start + n], k[start:start + n], v[start:start + n]
    if kind == "bmm":
      outs.append(__torch__.attention.plain(qd, kd, vd, __torch__.attention.corner(mask, n)))
    elif mask.numel() > 0:
      outs.append(__torch__.attention.fused(qd, kd, vd, __torch__.attention.corner(mask, n), False))
    else:
      outs.append(__torch__.attention.fused(qd, kd, vd, None, True))
    start += n
  return outs[0] if len(outs) == 1 else torch.cat(outs, 0)

def corner(mask: Tensor, n: int) -> Tensor:
  return mask[:, :n, :n] if mask.dim() == 3 else mask[:n, :n]

def cached(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
  """Queries of the last positions over all keys: a whole document, or one token that may look at everything."""
  if mask.numel() > 0:
    return __torch__.attention.fused(q, k, v, mask, False)
  return __torch__.attention.fused(q, k, v, None, q.size(0) > 1)

def fused(q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor], causal: bool) -> Tensor:
  group = q.size(1) // k.size(1)
  if group > 1 and not q.is_cuda:
    # With grouped queries PyTorch 2.7.1 takes the unfused way on a CPU: heads · n² · 4 bytes.
    k = torch.repeat_interleave(k, group, 1)
    v = torch.repeat_interleave(v, group, 1)
  out = torch.scaled_dot_product_attention(
      q.transpose(0, 1).unsqueeze(0), k.transpose(0, 1).unsqueeze(0), v.transpose(0, 1).unsqueeze(0),
      mask, 0.0, causal, scale=None, enable_gqa=q.size(1) != k.size(1))
  return out.squeeze(0).transpose(0, 1).reshape(q.size(0), -1)

def plain(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
  """The query heads of one kv head are stacked as rows, so keys and values are never repeated. mask [n, n] or [heads, n, n]."""
  n, heads, d = q.size(0), q.size(1), q.size(2)
  kv = k.size(1)
  group = heads // kv
  rows = q.reshape(n, kv, group, d).permute([1, 2, 0, 3]).reshape(kv, group * n, d)
  bias = mask.reshape(kv, group * n, n) if mask.dim() == 3 else mask.repeat([group, 1])
  scores = torch.baddbmm(bias, rows, k.permute([1, 2, 0]), beta=1., alpha=d ** -0.5)
  out = torch.bmm(torch.softmax(scores, -1), v.transpose(0, 1))
  return out.view(kv, group, n, d).permute([2, 0, 1, 3]).reshape(n, heads * d)
