# bitsandbytes' formats: 4-bit codebooks with a scale per block, double quantization of the scales, and int8 with a scale per row.
# A frozen linear m with n = out · in weights, as linear.py takes it, is
#   4-bit:  [codes u8 [⌈n/2⌉, 1], bias, scratch, pairs f32 [256, 2], absmax f32 [⌈n/block⌉]]
#   nested: [codes, bias, scratch, pairs, absmax u8 [blocks], nested_absmax f32 [⌈blocks/256⌉], nested_map f32 [256], offset f32 []]
#   int8:   [CB int8 [out, in], bias, scratch, SCB f32 [out]]
# where scratch [≥ n] of the dtype of computation takes the dense weight: fresh memory for each would cost more than the arithmetic, as
# the kernel clears its pages. Empty: fresh memory.

def frozen(m: List[Tensor]) -> int:
  """How many tensors of m are the frozen linear."""
  if m[0].dtype == 1:
    return 4
  elif m[0].dtype == 0:
    return 8 if m[4].dtype == 0 else 5
  return 2

def weight(m: List[Tensor], out_features: int, in_features: int, dtype: int) -> Tensor:
  """W [out, in]: the products in float32, rounded once to the dtype."""
  if m[0].dtype == 1:
    return __torch__.quant.int8_weight(m[0], m[3], __torch__.quant.target(m, m[0].numel(), dtype).view(m[0].size()))
  elif m[0].dtype == 0:
    scales = __torch__.quant.nested(m[4], m[5], m[6], m[7]) if m[4].dtype == 0 else m[4]
    out = __torch__.quant.target(m, out_features * in_features, dtype)
    return __torch__.quant.weight_4bit(m[0].view(-1), m[3], scales, out).view(out_features, in_features)
  return m[0]

def target(m: List[Tensor], n: int, dtype: int) -> Tensor:
  """Memory for the dense weight [n]."""
  return torch.empty([n], dtype=dtype, device=m[0].device) if m[2].numel() == 0 else m[2][:n]

def weight_4bit(codes: Tensor, pairs: Tensor, scales: Tensor, out: Tensor) -> Tensor:
  """out [n], filled with the first n values of codes [⌈n/2⌉]. A pair of float32 is one complex number, so that a byte costs one gather; some weights at a
  time, so that float32 stays in the cache."""
  n = out.numel()
  block = __torch__.quant.block_size(n, scales.size(0))
  table = torch.view_as_complex(pairs)
  whole = n - n % block
  step = 524288
  for start in range(0, whole, step):
    end = min(start + step, whole)
    values = torch.view_as_real(table.index_select(0, codes[start // 2:end // 2].to(3))).view(-1, block)
    out[start:end].view(-1, block).copy_(values.mul_(scales[start // block:end // block].unsqueeze(1)))
  if whole < n:
    rest = torch.view_as_real(table.index_select(0, codes[whole // 2:].to(3))).view(-1)
    out[whole:].copy_(rest[:n - whole] * scales[-1])
  return out

def block_size(n: int, blocks: int) -> int:
  """The one power of two that cuts n values into so many blocks; where all are one block, its size does not matter."""
  size = 32
  while size * blocks < n:
    size *= 2
  return size

def nested(q: Tensor, absmax: Tensor, map: Tensor, offset: Tensor) -> Tensor:
  """The scales [blocks] of double quantization."""
  values = map.index_select(0, q.to(3))
  return values.mul_(absmax.repeat_interleave(256)[:q.size(0)]).add_(offset)

def int8_weight(codes: Tensor, scales: Tensor, out: Tensor) -> Tensor:
  """out [out, in], filled with CB · SCB / 127, in the order of int8_vectorwise_dequant."""
  step = max(1, 524288 // codes.size(1))
  for start in range(0, codes.size(0), step):
    rows = codes[start:start + step] * scales[start:start + step].unsqueeze(1)
    out[start:start + step].copy_(rows.mul_(0.007874015718698502))
  return out

def pairs(map: Tensor) -> Tensor:
  """The two values of each byte [256, 2], the high nibble's first, from those of each code [16]."""
  bytes = torch.arange(256, dtype=3, device=map.device)
  nibbles = torch.stack([torch.bitwise_right_shift(bytes, 4), torch.bitwise_and(bytes, 15)], 1)
  return map.index_select(0, nibbles.view(-1)).view(-1, 2)

def quantize_4bit(w: Tensor, map: Tensor, ascending: List[int], block: int) -> Tuple[Tensor, Tensor]:
  """codes u8 [⌈n/2⌉, 1] and absmax f32 [⌈n/block⌉]; ascending holds the codes by their value in map [16], and a tie
  takes the lower value. Some weights at a time: nothing here is as large as w."""
  flat = w.view(-1)
  n = flat.size(0)
  order = torch.tensor(ascending, dtype=3, device=w.device)
  bounds, base = __torch__.quant.grid(map.index_select(0, order))
  codes = torch.empty([n + n % 2], dtype=0, device=w.device)
  absmax = torch.empty([(n + block - 1) // block], dtype=6, device=w.device)
  whole = n - n % block
  for start in range(0, whole, 65536):
    end = min(start + 65536, whole)
    values = flat[start:end].to(6).view(-1, block)
    scales = values.abs().amax([1])
    absmax[start // block:end // block].copy_(scales)
    scaled = values * torch.reciprocal(scales.clamp(1e-38)).unsqueeze(1)
    codes[start:end].copy_(__torch__.quant.nearest(scaled.view(-1), bounds, base, order))
  if whole < n:
    values = flat[whole:].to(6)
    scale = values.abs().amax([0]).clamp(1e-38)
    absmax[-1:].copy_(scale.unsqueeze(0))
    codes[whole:n].copy_(__torch__.quant.nearest(values / scale, bounds, base, order))
  if n % 2 == 1:
    codes[n:].copy_(__torch__.quant.nearest(torch.zeros([1], dtype=6, device=w.device), bounds, base, order))
  packed = torch.bitwise_or(torch.bitwise_left_shift(codes[::2], 4), codes[1::2])
  return packed.unsqueeze(1), absmax

def grid(values: Tensor) -> Tuple[Tensor, Tensor]:
  """The midpoints of ascending values, closed by an upper bound, and how many of them lie below each of 4096 cells of [-1, 1]. No cell
  holds two, so one more comparison finds a value's place: eight times as fast as a binary search."""
  bounds = (values[:-1] + values[1:]) / 2
  edges = torch.arange(4097, dtype=6, device=values.device) / 2048 - 1.000001
  base = torch.bucketize(edges, bounds, out_int32=True)
  return torch.cat([bounds, torch.full([1], 2., dtype=6, device=values.device)]), base

def nearest(scaled: Tensor, bounds: Tensor, base: Tensor, order: Tensor) -> Tensor:
  """The codes of the values that lie nearest: the place is the number of bounds below."""
  x = scaled.clamp(-1., 1.)
  place = base.index_select(0, ((x + 1) * 2048).to(3))
  place = place.add_(torch.gt(x, bounds.index_select(0, place)))
  return order.index_select(0, place)

def quantize_nested(absmax: Tensor, map: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  """absmax in 8 bits [blocks], their own absmax [⌈blocks/256⌉] and the offset []. The code comes from a table of 65536 cells as in
  bitsandbytes' CPU library (quantize_cpu_impl), which is not always the nearest."""
  n = absmax.size(0)
  offset = absmax.mean()
  values = torch.constant_pad_nd(absmax - offset, [0, (256 - n % 256) % 256]).view(-1, 256)
  scales = values.abs().amax([1])
  cells = torch.arange(65536, dtype=6, device=absmax.device) * 2 / 65535 - 1
  table = torch.bucketize(cells, (map[:-1] + map[1:]) * 0.5, out_int32=True).to(0)
  scaled = (values * torch.reciprocal(scales).unsqueeze(1)).clamp(-1., 1.)
  # 0 · 1/absmax is no number where absmax is subnormal; the library's cast makes that cell 0.
  cell = torch.nan_to_num((scaled + 1) * 0.5 * 65535 + 0.5, 0.).to(3)
  q = table.index_select(0, cell.view(-1)).view(-1, 256)
  q = torch.masked_fill(q, (scales == 0).unsqueeze(1), 0)
  return q.view(-1)[:n].clone(), scales, offset

def dynamic_map() -> Tensor:
  """The signed dynamic map of 8 bits [256] (create_dynamic_map of bitsandbytes; Dettmers et al., arXiv 1511.04561 and 2110.02861)."""
  parts = [torch.zeros([1], dtype=6), torch.ones([1], dtype=6)]
  powers = [1e-06, 1e-05, 0.0001, 0.001, 0.01, 0.1, 1.]
  for i in range(7):
    bounds = torch.linspace(0.1, 1, (1 << i) + 1, dtype=6)
    means = (bounds[:-1] + bounds[1:]) / 2 * powers[i]
    parts.append(means)
    parts.append(-means)
  return torch.sort(torch.cat(parts)).values

def quantize_int8(w: Tensor) -> Tuple[Tensor, Tensor]:
  """CB int8 [out, in] and SCB f32 [out], the absmax of each row, of w in float16 as Int8Params has it."""
  codes = torch.empty(w.size(), dtype=1, device=w.device)
  scales = torch.empty([w.size(0)], dtype=6, device=w.device)
  step = max(1, 65536 // w.size(1))
  for start in range(0, w.size(0), step):
    values = w[start:start + step].to(5)
    absmax = values.abs().amax([1]).to(6)
    scales[start:start + step].copy_(absmax)
    scaled = torch.round(values * (torch.reciprocal(absmax) * 127).unsqueeze(1))
    # 0/0 of a row of zeros.
    codes[start:start + step].copy_(torch.nan_to_num(scaled, 0.))
  return codes, scales
