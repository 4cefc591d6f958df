# Block formats of ggml (ggml-common.h), dequantized as ggml-quants.c does: 32 values a block.

def dequantize(raw: Tensor, kind: str, shape: List[int], dtype: int) -> Tensor:
  """raw [bytes] u8 -> [shape], a few blocks at a time, so that float32 never holds a whole tensor."""
  blocks = raw.view(-1, 34 if kind == "Q8_0" else 20)
  out = torch.empty([blocks.size(0), 32], dtype=dtype)
  step = 32768
  for start in range(0, blocks.size(0), step):
    b = blocks[start:start + step]
    out[start:start + step].copy_(__torch__.gguf.q8_0(b) if kind == "Q8_0" else __torch__.gguf.q4_1(b))
  return out.view(shape)

def half(b: Tensor, at: int) -> Tensor:
  return torch.view_copy(b[:, at:at + 2].contiguous(), dtype=5).to(6)

def q8_0(b: Tensor) -> Tensor:
  """f16 d, 32 × int8 q: d · q."""
  return torch.view_copy(b[:, 2:].contiguous(), dtype=1).to(6) * __torch__.gguf.half(b, 0)

def q4_1(b: Tensor) -> Tensor:
  """f16 d, f16 m, 16 bytes of low nibbles then high nibbles: d · q + m."""
  q = b[:, 4:]
  values = torch.cat([torch.bitwise_and(q, 15), torch.bitwise_right_shift(q, 4)], 1)
  return values.to(6) * __torch__.gguf.half(b, 0) + __torch__.gguf.half(b, 2)

def unpermute(w: Tensor, heads: int) -> Tensor:
  """Undoes LlamaModel.permute of convert_hf_to_gguf.py: rows of a head from interleaved pairs back to two halves."""
  return w.view(heads, w.size(0) // heads // 2, 2, -1).transpose(1, 2).reshape(w.size())
