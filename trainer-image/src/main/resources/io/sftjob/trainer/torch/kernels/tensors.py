def section(file: Tensor, begin: int, shape: List[int], dtype: int) -> Tensor:
  """A tensor that begins at that element of the file: a view, or a copy if its elements are not aligned in the file."""
  n = 1
  for s in shape:
    n *= s
  if file.dtype == dtype:
    return file[begin:begin + n].view(shape)
  return torch.view_copy(file[begin:begin + n * torch.zeros([], dtype=dtype).element_size()].clone(), dtype=dtype).view(shape)

def strided(storage: Tensor, shape: List[int], strides: List[int], offset: int) -> Tensor:
  """The view that a torch file describes, its elements in row-major order: a copy only where they are not."""
  # as_strided counts from the start of the memory, which is the mapped file.
  return torch.as_strided(storage, shape, strides, storage.storage_offset() + offset).contiguous()

def elements(x: Tensor, begin: int, end: int) -> Tensor:
  """A part of a contiguous tensor's elements, as a view."""
  return x.view([-1])[begin:end]

def merged(w: Tensor, a: Tensor, b: Tensor, scale: float, dtype: int) -> Tensor:
  """W + scale · B A, computed in W's dtype, float32, and rounded once."""
  return torch.addmm(w, b, a, beta=1., alpha=scale).to(dtype)

def all_finite(x: Tensor) -> bool:
  """Some values at a time: nothing here is as large as x."""
  flat = x.reshape(-1)
  ok = True
  for start in range(0, flat.size(0), 1048576):
    if not bool(torch.isfinite(flat[start:start + 1048576].abs().amax([0])).item()):
      ok = False
  return ok
