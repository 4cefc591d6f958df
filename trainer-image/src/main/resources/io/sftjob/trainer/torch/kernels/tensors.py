def section(file: Tensor, begin: int, shape: List[int], dtype: int) -> Tensor:
  """A tensor that begins at that element of the file: a view, or a copy if its elements are not aligned in the file."""
  n = 1
  for s in shape:
    n *= s
  if file.dtype == dtype:
    return file[begin:begin + n].view(shape)
  return torch.view_copy(file[begin:begin + n * torch.zeros([], dtype=dtype).element_size()].clone(), dtype=dtype).view(shape)
