# The entry points. Java makes this file code/__torch__.py of the archive and the others its modules.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def embed(self: __torch__.Kernels, ids: Tensor, w: Tensor, like: Tensor) -> Tensor:
    return torch.embedding(w, ids).to(like.dtype)

  def add_embedding_grad(self: __torch__.Kernels, w: Tensor, ids: Tensor, grad: Tensor) -> bool:
    return __torch__.whole.add_embedding_grad(w, ids, grad)

  def rope_tables(self: __torch__.Kernels, lengths: List[int], start: int, inv_freq: Tensor, factor: float, kind: str, like: Tensor) -> Tuple[Tensor, Tensor]:
    return __torch__.rope.tables(lengths, start, inv_freq, factor, kind, like)

  def logn(self: __torch__.Kernels, lengths: List[int], start: int, base: int, like: Tensor) -> Tensor:
    return __torch__.rope.logn(lengths, start, base, like)

  def attention_mask(self: __torch__.Kernels, kind: str, lengths: List[int], slopes: Tensor, like: Tensor) -> Tensor:
    return __torch__.attention.mask(kind, lengths, slopes, like)

  def cached_mask(self: __torch__.Kernels, n: int, start: int, slopes: Tensor, like: Tensor) -> Tensor:
    return __torch__.attention.cached_mask(n, start, slopes, like)

  def layer_outputs(self: __torch__.Kernels, x: Tensor, norms: List[Tensor], eps: float,
                    q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor],
                    dropout: float, seed: int, shape: List[int], rope: List[Tensor], pairing: str,
                    kind: str, mask: Tensor, lengths: List[int]) -> List[Tensor]:
    return __torch__.layer.outputs(x, norms, eps, q, k, v, o, gate, up, dropout, seed, shape, rope, pairing, kind, mask, lengths)

  def layer_value(self: __torch__.Kernels, x: Tensor, outs: List[Tensor], down: List[Tensor], dropout: float, seed: int) -> Tensor:
    return __torch__.layer.value(x, outs, down, dropout, seed)

  def layer_backward(self: __torch__.Kernels, x: Tensor, outs: List[Tensor], grad: Tensor, further: bool, norms: List[Tensor], eps: float,
                     q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor],
                     dropout: float, seed: int, shape: List[int], rope: List[Tensor], pairing: str,
                     kind: str, mask: Tensor, lengths: List[int]) -> Tensor:
    return __torch__.layer.backward(x, outs, grad, further, norms, eps, q, k, v, o, gate, up, down, dropout, seed, shape, rope, pairing, kind, mask, lengths)

  def layer_cached(self: __torch__.Kernels, x: Tensor, norms: List[Tensor], eps: float,
                   q: List[Tensor], k: List[Tensor], v: List[Tensor], o: List[Tensor], gate: List[Tensor], up: List[Tensor], down: List[Tensor],
                   shape: List[int], rope: List[Tensor], pairing: str, mask: Tensor,
                   keys: Tensor, values: Tensor, start: int) -> Tensor:
    return __torch__.layer.forward_cached(x, norms, eps, q, k, v, o, gate, up, down, shape, rope, pairing, mask, keys, values, start)

  def head(self: __torch__.Kernels, w: Tensor, normalised: bool, like: Tensor) -> Tensor:
    return __torch__.whole.head(w, normalised).to(like.dtype)

  def unit_rows(self: __torch__.Kernels, w: Tensor) -> Tensor:
    return __torch__.norm.unit_rows(w)

  def norm(self: __torch__.Kernels, x: Tensor, w: Tensor, eps: float) -> Tensor:
    return __torch__.norm.rms_norm(x, w, eps)

  def norm_at(self: __torch__.Kernels, x: Tensor, at: Tensor, w: Tensor, eps: float) -> Tensor:
    return __torch__.norm.rms_norm(x.index_select(0, at), w, eps)

  def logits(self: __torch__.Kernels, h: Tensor, w: Tensor) -> Tensor:
    return torch.linear(h, w).to(6)

  def last_logits(self: __torch__.Kernels, h: Tensor, w: Tensor) -> Tensor:
    return torch.linear(h[0], w).to(6)

  def neftune(self: __torch__.Kernels, x: Tensor, lengths: List[int], alpha: float, seed: int) -> Tensor:
    return __torch__.neftune.noisy(x, lengths, alpha, seed)

  def evaluate(self: __torch__.Kernels, h: Tensor, w: Tensor, targets: Tensor, chunk: int) -> Tensor:
    return __torch__.head.evaluate(h, w, targets, chunk)

  def loss_and_grad(self: __torch__.Kernels, h: Tensor, w: Tensor, targets: Tensor, divisor: float, chunk: int,
                    own: List[Tensor], normalised: bool, dft: bool, z: float) -> Tuple[Tensor, Tensor]:
    return __torch__.head.loss_and_grad(h, w, targets, divisor, chunk, own, normalised, dft, z)

  def adamw_step(self: __torch__.Kernels, params: List[Tensor], exp_avgs: List[Tensor], exp_avg_sqs: List[Tensor],
                 step: int, lr: float, beta1: float, beta2: float, eps: float, weight_decay: float, max_norm: float, loss_scale: float) -> float:
    return __torch__.adamw.step(params, exp_avgs, exp_avg_sqs, step, lr, beta1, beta2, eps, weight_decay, max_norm, loss_scale)

  def zero_grad(self: __torch__.Kernels, params: List[Tensor]) -> bool:
    return __torch__.adamw.zero_grad(params)

  def sample(self: __torch__.Kernels, logits: Tensor, temperature: float, top_p: float, u: float) -> int:
    return __torch__.sampling.sample(logits, temperature, top_p, u)

  def clone(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return x.clone()

  def number(self: __torch__.Kernels, value: float) -> Tensor:
    return torch.full([], value, dtype=7)

  def empty(self: __torch__.Kernels, dtype: int) -> Tensor:
    return torch.empty([0], dtype=dtype)

  def scratch(self: __torch__.Kernels, n: int, like: Tensor) -> Tensor:
    return torch.empty([n], dtype=like.dtype, device=like.device)

  def zeros(self: __torch__.Kernels, shape: List[int], like: Tensor) -> Tensor:
    return torch.zeros(shape, dtype=like.dtype, device=like.device)

  def map_file(self: __torch__.Kernels, path: str, elements: int, dtype: int) -> Tensor:
    return torch.from_file(path, False, elements, dtype=dtype)

  def section(self: __torch__.Kernels, file: Tensor, begin: int, shape: List[int], dtype: int) -> Tensor:
    return __torch__.tensors.section(file, begin, shape, dtype)

  def strided(self: __torch__.Kernels, storage: Tensor, shape: List[int], strides: List[int], offset: int) -> Tensor:
    return __torch__.tensors.strided(storage, shape, strides, offset)

  def convert(self: __torch__.Kernels, x: Tensor, dtype: int, device: str) -> Tensor:
    return x.to(torch.device(device), dtype)

  def elements(self: __torch__.Kernels, x: Tensor, begin: int, end: int) -> Tensor:
    return __torch__.tensors.elements(x, begin, end)

  def merged(self: __torch__.Kernels, w: Tensor, a: Tensor, b: Tensor, scale: float, dtype: int) -> Tensor:
    return __torch__.tensors.merged(w, a, b, scale, dtype)

  def all_finite(self: __torch__.Kernels, x: Tensor) -> bool:
    return __torch__.tensors.all_finite(x)

  def equal(self: __torch__.Kernels, a: Tensor, b: Tensor) -> bool:
    return torch.equal(a, b)

  def dequantize(self: __torch__.Kernels, raw: Tensor, kind: str, block_bytes: int, block_elements: int, shape: List[int], dtype: int) -> Tensor:
    return __torch__.gguf.dequantize(raw, kind, block_bytes, block_elements, shape, dtype)

  def unpermute(self: __torch__.Kernels, w: Tensor, heads: int) -> Tensor:
    return __torch__.gguf.unpermute(w, heads)

  def quant_pairs(self: __torch__.Kernels, map: Tensor) -> Tensor:
    return __torch__.quant.pairs(map)

  def quant_weight(self: __torch__.Kernels, m: List[Tensor], out_features: int, in_features: int, dtype: int) -> Tensor:
    return __torch__.quant.weight(m, out_features, in_features, dtype)

  def quantize_4bit(self: __torch__.Kernels, w: Tensor, map: Tensor, ascending: List[int], block: int) -> Tuple[Tensor, Tensor]:
    return __torch__.quant.quantize_4bit(w, map, ascending, block)

  def quantize_nested(self: __torch__.Kernels, absmax: Tensor, map: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    return __torch__.quant.quantize_nested(absmax, map)

  def quantize_int8(self: __torch__.Kernels, w: Tensor) -> Tuple[Tensor, Tensor]:
    return __torch__.quant.quantize_int8(w)

  def dynamic_map(self: __torch__.Kernels) -> Tensor:
    return __torch__.quant.dynamic_map()
