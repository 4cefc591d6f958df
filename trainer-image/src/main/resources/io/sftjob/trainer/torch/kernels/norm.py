def rms_norm(x: Tensor, w: Tensor, eps: float) -> Tensor:
  """x / sqrt(mean(x²) + eps) · w over the last dimension, the mean in float32 (LlamaRMSNorm)."""
  f = x.to(6)
  return (f * torch.rsqrt(f.pow(2).mean([-1], True) + eps)).to(x.dtype) * w

def unit_rows(w: Tensor) -> Tensor:
  """Rows scaled to length 1 (torch.nn.functional.normalize); 0 stays 0, also in float16, whose least number is 6e-8."""
  return w / torch.linalg_vector_norm(w, 2, [-1], True).clamp_min(6e-8 if w.dtype == 5 else 1e-12)
