# Modules that are trained whole: w [vocab, hidden], a float32 leaf that gathers its gradient without a graph, from
# zeros that are there already.

def gradient(w: Tensor) -> Tensor:
  """What the leaf has gathered."""
  found = w.grad
  assert found is not None
  return found

def add_embedding_grad(w: Tensor, ids: Tensor, grad: Tensor) -> bool:
  """Adds the gradient [T, hidden] of the embeddings of ids [T]."""
  __torch__.whole.gradient(w).index_add_(0, ids, grad.to(6))
  return True

def head(w: Tensor, normalised: bool) -> Tensor:
  """What logits are computed with."""
  return __torch__.norm.unit_rows(w) if normalised else w

def add_unit_rows_grad(w: Tensor, grad: Tensor) -> bool:
  """Adds the gradient by way of u = w / |w|: (grad - u (u · grad)) / |w|, row by row."""
  unit = __torch__.norm.unit_rows(w)
  along = (unit * grad).sum([1], True)
  length = torch.linalg_vector_norm(w, 2, [1], True).clamp_min(1e-12)
  __torch__.whole.gradient(w).add_((grad - unit * along) / length)
  return True
