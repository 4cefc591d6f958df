def noisy(x: Tensor, lengths: List[int], alpha: float, seed: int) -> Tensor:
  """Embeddings [T, hidden] of documents with U(-m, m) added, m = alpha / sqrt(length * hidden) of each document (NEFTune,
  arXiv 2310.05914). Transformers takes the padded length of the micro-batch; here is no padding."""
  torch.manual_seed(seed)
  noise = torch.rand_like(x, dtype=6).mul_(2.0).sub_(1.0)
  start = 0
  for length in lengths:
    noise[start:start + length].mul_(alpha / (float(length) * float(x.size(1))) ** 0.5)
    start += length
  return x + noise.to(x.dtype)
