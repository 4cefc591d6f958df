# Block formats of ggml (ggml-common.h), dequantized in the order of operations of the gguf package's quants.py,
# so that float32 results are the same bits.

def dequantize(raw: Tensor, kind: str, block_bytes: int, block_elements: int, shape: List[int], dtype: int) -> Tensor:
  """raw [bytes] u8 -> [shape], a few blocks at a time, so that float32 never holds a whole tensor."""
  blocks = raw.view(-1, block_bytes)
  out = torch.empty([blocks.size(0), block_elements], dtype=dtype)
  step = 1048576 // block_elements
  for start in range(0, blocks.size(0), step):
    b = blocks[start:start + step]
    out[start:start + step].copy_(__torch__.gguf.values(b, kind).view(-1, block_elements))
  return out.view(shape)

def values(b: Tensor, kind: str) -> Tensor:
  if kind == "Q4_0":
    return __torch__.gguf.q4_0(b)
  elif kind == "Q4_1":
    return __torch__.gguf.q4_1(b)
  elif kind == "Q5_0":
    return __torch__.gguf.q5_0(b)
  elif kind == "Q5_1":
    return __torch__.gguf.q5_1(b)
  elif kind == "Q4_K":
    return __torch__.gguf.q4_k(b)
  elif kind == "Q5_K":
    return __torch__.gguf.q5_k(b)
  elif kind == "Q6_K":
    return __torch__.gguf.q6_k(b)
  return __torch__.gguf.q8_0(b)

def half(b: Tensor, at: int) -> Tensor:
  """The f16 at that byte of each block: [blocks, 1]."""
  return torch.view_copy(b[:, at:at + 2].contiguous(), dtype=5).to(6)

def int8(b: Tensor) -> Tensor:
  return torch.view_copy(b.contiguous(), dtype=1).to(6)

def fields(b: Tensor, width: int, bits: int) -> Tensor:
  """Bit fields of runs of `width` bytes, the lowest bits of a run before the next: [blocks, bytes] -> [blocks, bytes / width, 8 / bits, width]."""
  runs = b.reshape(b.size(0), -1, 1, width)
  shifts = torch.arange(0, 8, bits, dtype=0).view(-1, 1)
  return torch.bitwise_and(torch.bitwise_right_shift(runs, shifts), (1 << bits) - 1)

def q8_0(b: Tensor) -> Tensor:
  """f16 d, 32 × int8 q: d · q."""
  return __torch__.gguf.int8(b[:, 2:]) * __torch__.gguf.half(b, 0)

def q4_0(b: Tensor) -> Tensor:
  """f16 d, 16 bytes of low nibbles then high nibbles q: d · (q - 8)."""
  q = __torch__.gguf.fields(b[:, 2:], 16, 4).view(-1, 32)
  return (q.to(6) - 8) * __torch__.gguf.half(b, 0)

def q4_1(b: Tensor) -> Tensor:
  """f16 d, f16 m, nibbles q as q4_0: d · q + m."""
  q = __torch__.gguf.fields(b[:, 4:], 16, 4).view(-1, 32)
  return q.to(6) * __torch__.gguf.half(b, 0) + __torch__.gguf.half(b, 2)

def q5(b: Tensor) -> Tensor:
  """4 bytes with the fifth bit of each value, nibbles as q4_0: 0 to 31."""
  high = __torch__.gguf.fields(b[:, :4], 1, 1).view(-1, 32)
  low = __torch__.gguf.fields(b[:, 4:], 16, 4).view(-1, 32)
  return torch.bitwise_or(low, torch.bitwise_left_shift(high, 4)).to(6)

def q5_0(b: Tensor) -> Tensor:
  """f16 d, q5: d · (q - 16)."""
  return (__torch__.gguf.q5(b[:, 2:]) - 16) * __torch__.gguf.half(b, 0)

def q5_1(b: Tensor) -> Tensor:
  """f16 d, f16 m, q5: d · q + m."""
  return __torch__.gguf.q5(b[:, 4:]) * __torch__.gguf.half(b, 0) + __torch__.gguf.half(b, 2)

def six_bits(low: Tensor, high: Tensor) -> Tensor:
  """Eight values of six bits: four in the low bits of `low`; four in `high`, with their top bits in the top of `low`."""
  second = torch.bitwise_or(high, torch.bitwise_and(torch.bitwise_right_shift(low, 2), 48))
  return torch.cat([torch.bitwise_and(low, 63), second], 1).to(6).unsqueeze(2)

def scaled(b: Tensor, q: Tensor) -> Tensor:
  """f16 d, f16 dmin, 12 bytes of eight scales s and eight minima m; q [blocks, 8, 32]: d · s · q - dmin · m."""
  high = b[:, 12:16]
  scales = __torch__.gguf.six_bits(b[:, 4:8], torch.bitwise_and(high, 15))
  minima = __torch__.gguf.six_bits(b[:, 8:12], torch.bitwise_right_shift(high, 4))
  d = __torch__.gguf.half(b, 0).unsqueeze(2) * scales
  m = __torch__.gguf.half(b, 2).unsqueeze(2) * minima
  return d * q - m

def q4_k(b: Tensor) -> Tensor:
  """scaled, nibbles of 4 × 32 bytes."""
  q = __torch__.gguf.fields(b[:, 16:], 32, 4).view(-1, 8, 32)
  return __torch__.gguf.scaled(b, q.to(6))

def q5_k(b: Tensor) -> Tensor:
  """scaled, the fifth bits in the eight bits of 32 bytes, nibbles of 4 × 32 bytes."""
  high = __torch__.gguf.fields(b[:, 16:48], 32, 1).view(-1, 8, 32)
  low = __torch__.gguf.fields(b[:, 48:], 32, 4).view(-1, 8, 32)
  return __torch__.gguf.scaled(b, torch.bitwise_or(low, torch.bitwise_left_shift(high, 4)).to(6))

def q6_k(b: Tensor) -> Tensor:
  """Nibbles of 2 × 64 bytes, two upper bits of 2 × 32 bytes, 16 × int8 scales s, f16 d: d · s · (q - 32)."""
  low = __torch__.gguf.fields(b[:, :128], 64, 4).view(-1, 16, 16)
  high = __torch__.gguf.fields(b[:, 128:192], 32, 2).view(-1, 16, 16)
  q = torch.bitwise_or(low, torch.bitwise_left_shift(high, 4)).to(6) - 32
  scales = (__torch__.gguf.half(b, 208) * __torch__.gguf.int8(b[:, 192:208])).unsqueeze(2)
  return scales * q

def unpermute(w: Tensor, heads: int) -> Tensor:
  """Undoes LlamaModel.permute of convert_hf_to_gguf.py: rows of a head from interleaved pairs back to two halves."""
  return w.view(heads, w.size(0) // heads // 2, 2, -1).transpose(1, 2).reshape(w.size())
