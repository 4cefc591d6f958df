def sample(logits: Tensor, temperature: float, top_p: float, u: float) -> int:
  """A token from softmax(logits / temperature) [vocab] cut to its top_p head, by u in [0, 1); temperature 0: the likeliest."""
  if temperature == 0.0:
    return int(torch.argmax(logits).item())
  p, ids = torch.sort(torch.softmax(logits.to(6) / temperature, -1), -1, True)
  upto = torch.cumsum(p, -1)
  # Kept: all before which less than top_p has come; the first is always kept.
  kept = int((upto - p < top_p).sum().item())
  at = int((upto[:kept] <= u * upto[kept - 1]).sum().item())
  return int(ids[min(at, kept - 1)].item())
